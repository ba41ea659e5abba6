"""List the parts of addresses that name a click, a campaign or a session, and never a page.

Facts from the lists that browsers and their cleaners keep: Brave's query filter, Firefox's query stripping, AdGuard's URL Tracking
filter, ClearURLs and Neat URL; sites' own names that another site might use for a page (`ref`, `source`, `id`, `sid`) are left out.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_CLICKS = """
    gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid gad srsltid gs_l _ga _gl _gac fbclid fb_action_ids fb_action_types
    fb_source fb_ref fb_comment_id fbadid mibextid igshid igsh msclkid yclid ysclid ymclid _openstat yadclid yadordid twclid
    __twitter_impression ttclid li_fat_id li_source epik sccid scclid rdt_cid dicbo obclid oborigurl tblci tb_cb guccounter
    guce_referrer guce_referrer_sig soc_src soc_trk ncid vclid qclid mc_cid mc_eid mkt_tok _hsenc _hsmi _hsfp _hstc __hssc __hstc
    __hsfp hsctatracking oly_enc_id oly_anon_id vero_id vero_conv wickedid wickedsource s_cid sc_cid s_kwcid ef_id ml_subscriber
    ml_subscriber_hash _kx _ke _bta_tid _bta_c _branch_match_id _branch_referrer nr_email_referer dm_i dm_t rb_clickid bsft_clkid
    bsft_eid bsft_mid bsft_uid bsft_aaid bsft_ek ck_subscriber_id ceid emci emdi et_cid et_rid sb_referer_host mindbox-click-id
    mindbox-message-key bxid cndid esrc recipientid sailthru_id vgo_ee cmpid cmp_id ocid icid xtor xtref xtcr wprov
    action_object_map action_ref_map action_type_map asgtbndr wt_zmc wtrid tt_medium tt_content irclickid irgwc ir_clickid awc
    zanpid sscid cjevent cjdata ranmid raneaid ransiteid afsrc ascsubtag clickid sr_share share_from usqp amp_js_v amp_gsa amp_r
    mtm_cid hss_channel ftag taid msockid mkevt mkcid mkrid _sm_au_ google_editors_picks syclid leadsource wt_mc mbid bd_vid qz_gdt gdt_vid
    weibo_id xing_share fbc_id h_ad_id nx_source sms_ss awesm gps-source
"""
CLICKS = frozenset(_CLICKS.split())
"""Names that mark a click or a campaign: of Google, Meta, Microsoft, Yandex, X, TikTok, LinkedIn, Outbrain, Taboola and Yahoo; of
mailing and marketing programs; of affiliates and shops; of sharing buttons and AMP."""
_PREFIXES = """
    utm_ utm- pk_ piwik_ mtm_ matomo_ hsa_ at_ ns_ wt. itm_ elq trk_ stm_ cx_ dpg_ fb_iframe hmb_ ga_source ga_medium
    ga_campaign ga_term ga_content adobe_mc int_cmp spm_ gaa_ sfmc_ etcc_ __cf_chl_ hmsr hmpl hmcu hmkw hmci
"""
PREFIXES = tuple(_PREFIXES.split())
"""Beginnings of names: of Google Analytics, Matomo, HubSpot, AT Internet, Comscore, Webtrends, Eloqua, Adobe, each of one tool."""
SESSIONS = frozenset({"phpsessid", "jsessionid", "cfid", "cftoken", "oscsid", "zenid", "sessionid", "session_id", "asp.net_sessionid"})
"""Names of session ids, whatever their value."""
SOMETIMES = frozenset({"sid", "s", "session", "sess"})
"""Names of session ids where their value is a digest, and of pages elsewhere."""
AMP = frozenset(
    {("amp", ""), ("amp", "1"), ("amp", "true"), ("amp", "yes"), ("outputtype", "amp"), ("output", "amp"), ("view", "amp"), ("mode", "amp")}
)
"""Parameters with the value under which an article is shown as an AMP page."""
_DIGEST = re.compile(r"[0-9a-fA-F]{32,64}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;?]*", re.IGNORECASE)


def without_clicks(query: str) -> str:
    """`query` without the parameters that name no page; `&amp;` that was escaped twice is an ampersand."""
    query = re.sub(r"(?:^|&)amp;(?=[^&=]*(?:=|&|$))", "&", query, flags=re.IGNORECASE) if "amp;" in query.lower() else query
    return "&".join(part for part in query.split("&") if part and not _names_no_page(part))


def without_session(path: str) -> str:
    """`path` without session ids in its segments, as servers of Java write them for readers without cookies."""
    return _PATH_SESSION.sub("", path) if ";" in path else path


def without_amp(query: str) -> str:
    """`query` without what asks for the AMP page of an article."""
    return "&".join(part for part in query.split("&") if part and tuple(part.lower().partition("=")[::2]) not in AMP)


def _names_no_page(part: str) -> bool:
    name, _, value = part.partition("=")
    name = (unquote(name) if "%" in name else name).lower()
    if name in CLICKS or name.startswith(PREFIXES) or name in SESSIONS or name.startswith("aspsessionid"):
        return True
    return name in SOMETIMES and _DIGEST.fullmatch(value) is not None
