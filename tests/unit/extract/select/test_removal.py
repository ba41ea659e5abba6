"""Elements of a page that are not the article's, whatever they say: boxes, cards, comments, further articles, buttons."""

from __future__ import annotations

from datetime import date

import pytest

from worker.extract.pipeline import extract_html

TITLE = "Ferry to the island sails again"
SENTENCES = [
    "The ferry to the island sails again from Monday, after nine weeks in which its engine lay in a shed in the harbour of Kampot.",
    "Its captain, Mao Sarin, said that he had used the time to paint the hull, and to learn the names of all his passengers.",
    "Tickets cost what they cost before, he added, but chickens now travel for half the fare if they sit quietly on a lap.",
    "The next boat will have two engines, so that one of them may lie in the shed while the other sails the island route.",
    "Fishermen had carried the mail in the meantime, and say that they were never paid for the stamps which the rain washed off.",
    "The council meets again in March, when the figures of the winter are known, and will then decide about the second landing.",
]


def page(body: str) -> str:
    head = f"<head><title>{TITLE} | Coast Herald</title><meta property='og:title' content='{TITLE}'></head>"
    menu = "<header><a href='/'>Coast Herald</a><nav><ul><li><a href='/n'>News</a></li><li><a href='/s'>Sport</a></li></ul></nav></header>"
    return f"<html>{head}<body>{menu}<main>{body}</main><footer><p>© Coast Herald</p></footer></body></html>"


def text_with(part: str) -> str:
    """The text of a page with `part` between the third and the fourth paragraph."""
    first, last = ("".join(f"<p>{sentence}</p>" for sentence in half) for half in (SENTENCES[:3], SENTENCES[3:]))
    article = f"<article><h1>{TITLE}</h1>{first}{part}{last}</article>"
    return extract_html(page(article), "https://example.org/a", date(2024, 5, 1)).text


LETTER = "Our editor picks the five best stories of the day and puts them before you while the kettle boils. You can leave at any time."


@pytest.mark.parametrize(
    "box",
    [
        f"<div class='x1'><h3>The Morning Sheet</h3><p>{LETTER}</p><form><input type='email'><button>Count me in</button></form></div>",
        f"<div class='x1'><p>{LETTER}</p><form action='/l'><input name='mail'><input type='submit' value='Go'></form></div>",
        f"<aside class='c-newsletter-box'><p>{LETTER}</p></aside>",
        f"<div class='promo6'><b>The Region letter</b><span>{LETTER}</span><button>Sign up</button></div>",
        "<div class='x3'><p>Should chickens pay the full fare on the ferry to the island?</p><button>Yes</button><button>No</button></div>",
        "<div class='donate'><p>The Herald lives from those who read it. For a cup of tea the roof stays dry.</p></div>",
        "<div class='x2'><p>Advertisement</p><p>Boots that forgive. Now at Moe and Daughters, while the mud lasts.</p></div>",
        "<div class='x2'><span>Publicité</span><p>Des bottes qui pardonnent, chez Moe et filles, tant que dure la boue.</p></div>",
    ],
)
def test_a_box_that_wants_something_of_the_reader_goes(box: str) -> None:
    assert text_with(box) == "\n\n".join(SENTENCES)


@pytest.mark.parametrize(
    "opening",
    [
        "div role='dialog' style='display:none'",
        "div class='pc' role='dialog' aria-modal='true' aria-labelledby='k1' hidden",
        "section role='alertdialog' style='visibility:hidden'",
        "div class='modal fade' style='display: none'",
        "dialog",
    ],
)
def test_a_hidden_dialog_longer_than_the_article_goes(opening: str) -> None:
    rule = "Part {} of these rules binds whoever reads them aloud, {}, unless the reader has left the room before the end."
    places = ["in March", "at sea", "by night", "on stairs", "in rain", "at noon", "in verse", "in prose", "on ice"]
    terms = "".join(f"<p>{rule.format(at, place)}</p>" for at, place in enumerate(places))
    dialog = f"<{opening}><h2 id='k1'>Strictly Necessary Rules</h2>{terms}</{opening.split(maxsplit=1)[0]}>"
    article = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    whole = page(f"<article><h1>{TITLE}</h1>{article}</article>{dialog}")
    assert extract_html(whole, "https://example.org/a", date(2024, 5, 1)).text == "\n\n".join(SENTENCES)


def test_an_article_that_a_script_opens_in_a_dialog_stays() -> None:
    article = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    whole = page(f"<div class='modal' style='display:none'><h1>{TITLE}</h1>{article}</div>")
    assert extract_html(whole, "https://example.org/a", date(2024, 5, 1)).text == "\n\n".join(SENTENCES)


@pytest.mark.parametrize(
    "card",
    [
        "<article class='x'><a href='/x'><h3>Why the sewers are made of oak</h3></a><p>{}</p></article>",
        "<div class='inline-teaser'><h4><a href='/x'>Why the sewers are made of oak</a></h4><p>{}</p></div>",
        "<div class='posts'><div class='post'><h2><a href='/x'>Why the sewers are made of oak</a></h2>"
        "<div class='post-excerpt'><p>{}</p></div></div></div>",
    ],
)
def test_a_card_of_another_story_goes(card: str) -> None:
    summary = "A walk under the lower town with the man who has the keys, and what he found behind the brewery last winter."
    assert text_with(card.format(summary)) == "\n\n".join(SENTENCES)


def test_an_article_made_of_cards_stays() -> None:
    cards = "".join(
        f"<div class='teaser'><h2><a href='/{at}'>Island number {at}</a></h2><p>{sentence}</p></div>"
        for at, sentence in enumerate(SENTENCES[1:], 1)
    )
    text = extract_html(page(f"<article><h1>{TITLE}</h1><p>{SENTENCES[0]}</p>{cards}</article>"), None, date(2024, 5, 1)).text
    assert all(sentence in text for sentence in SENTENCES)


def test_a_form_around_the_whole_page_takes_nothing() -> None:
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    text = extract_html(page(f"<form id='aspnet'><div><h1>{TITLE}</h1>{body}</div></form>"), None, date(2024, 5, 1)).text
    assert text == "\n\n".join(SENTENCES)


COMMENTS = [
    "I grew up beside that ferry and can tell you that it never sailed in the rain, not once, whatever its captain may say now.",
    "What nobody mentions is the lamp. There used to be one on the mast by which the whole pier could read, and then it went out.",
    "Somebody should count how many people go aboard to get out of the wind. I have done so twice this week, and saw the same man.",
]


@pytest.mark.parametrize(
    ("around", "one"),
    [
        (
            "<ol class='commentlist'>{}</ol>",
            "<li><article class='comment-body'><footer><b>ottokar</b> says:</footer><p>{}</p></article></li>",
        ),
        ("<div class='comments-area'>{}</div>", "<div class='c'><b>ottokar</b><p>{}</p></div>"),
        ("<section class='user-comments'>{}</section>", "<p>{}</p>"),
        ("<div class='c-article-comments'>{}</div>", "<p>{}</p>"),
        ("<div class='readers'>{}</div>", "<div class='comment'><p>{}</p></div>"),
        ("<div id='comments'>{}</div>", "<div><b>ottokar</b><p>{}</p></div>"),
    ],
)
def test_readers_comments_go_though_they_are_longer_than_the_article(around: str, one: str) -> None:
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:3])
    thread = around.format("".join(one.format(f"{comment} {SENTENCES[at]}") for at, comment in enumerate(COMMENTS, 3)))
    text = extract_html(page(f"<div class='post'><h1>{TITLE}</h1>{body}</div>{thread}"), None, date(2024, 5, 1)).text
    assert text == "\n\n".join(SENTENCES[:3])


def test_a_section_of_the_article_about_comments_stays() -> None:
    said = "The mayor said that he had his jackets from the mill and would go on doing so, in whatever colour was chosen."
    text = text_with(f"<section id='comments'><h2>Comments from the valley</h2><p>{said}</p></section>")
    assert said in text


def test_the_next_article_on_the_page_goes_though_it_is_longer() -> None:
    own = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:3])
    other = "".join(f"<p>{comment} {SENTENCES[at]}</p>" for at, comment in enumerate(COMMENTS, 3))
    articles = f"<article><h1>{TITLE}</h1>{own}</article><article><header><h1>Weavers take back their looms</h1></header>{other}</article>"
    assert extract_html(page(articles), None, date(2024, 5, 1)).text == "\n\n".join(SENTENCES[:3])


def test_the_entries_of_a_live_report_stay_without_their_buttons() -> None:
    entries = "".join(
        f"<article class='entry'><h2>Entry {at}</h2><p>{sentence}</p><button>Pin this entry</button></article>"
        for at, sentence in enumerate(SENTENCES)
    )
    text = extract_html(page(f"<div><h1>{TITLE}</h1>{entries}</div>"), None, date(2024, 5, 1)).text
    assert all(sentence in text for sentence in SENTENCES)
    assert "Pin this entry" not in text


def test_sentences_about_cookies_beside_a_consent_notice_go() -> None:
    notice = (
        "<div id='ccc'><p>We use necessary cookies to make the site work, such as those that keep you signed in all day.</p>"
        "<p>Cookies that measure how often you come are only set if you agree. You can withdraw it at any time below the shield.</p>"
        "<p>For more on how these cookies work, and a list of those that we set, see our page on cookies, which is long.</p></div>"
    )
    terms = (
        "<div><h2>We value your privacy</h2><p>We and our 87 partners store and access information on a device, such as identifiers.</p>"
        "<p>You may accept or manage your choices below, and object where legitimate interest is used by those who measure.</p></div>"
    )
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:2])
    text = extract_html(page(f"{notice}{terms}<article><h1>{TITLE}</h1>{body}</article>"), None, date(2024, 5, 1)).text
    assert text == "\n\n".join(SENTENCES[:2])


@pytest.mark.parametrize(
    "picture",
    [
        "<div class='spip_document_7 spip_documents_center'><img src='/a.jpg'><div class='spip_doc_descriptif'>{}</div></div>",
        "<div class='wp-caption'><img src='/a.jpg'><p class='wp-caption-text'>{}</p></div>",
        "<div class='pic'><img src='/a.jpg'><div class='photo-caption'><p>{}</p></div></div>",
        "<table><tr><td align='center'><img src='/a.jpg' width='500'><br><span class='c'>{}</span></td></tr></table>",
    ],
)
def test_a_caption_between_paragraphs_goes(picture: str) -> None:
    assert text_with(picture.format("The hens travel at half the fare, on quay one")) == "\n\n".join(SENTENCES)


def test_an_article_about_cookies_stays_beside_one_sentence_of_a_wall() -> None:
    sentences = [f"{sentence} He kept cookies for them in a tin." for sentence in SENTENCES]
    body = "".join(f"<p>{sentence}</p>" for sentence in [*sentences[:3], "We and our 87 partners store and access data.", *SENTENCES])
    text = extract_html(page(f"<article><h1>{TITLE}</h1>{body}</article>"), None, date(2024, 5, 1)).text
    assert all(sentence in text for sentence in sentences[:3])


STORIES = [
    (
        "Why the sewers are made of oak",
        "Nobody living remembers who chose the oak, and those who dig it up each spring, wet and black as the day it went into the ground, "
        "say that no pipe of clay or steel would have borne the carts that rolled above it for three hundred years.",
    ),
    (
        "A year without a clock",
        "For a whole year the tower stood at ten past four, and the town, which had complained of the bells for as long as it had them, "
        "found that it met its friends more often, since nobody could say any longer that anybody else was late.",
    ),
    (
        "The last of the lamplighters",
        "He carries the ladder that his father carried, over the same nine bridges and at the same slow step, although the lamps have long "
        "been lit by a wire, because the children on the quay would miss him if he stayed at home in the evening.",
    ),
]


@pytest.mark.parametrize(
    "section",
    [
        "<section class='more'><h2>Related posts</h2>{}</section>",
        "<div class='x7'><h3>Mehr zum Thema</h3>{}</div>",
        "<div><p>You may also like</p><div>{}</div></div>",
        "<section><h2>Articles similaires</h2>{}</section>",
        "<div class='row'><div class='t'>Recommended</div>{}</div>",
    ],
)
@pytest.mark.parametrize(
    "card",
    [
        "<article class='related-card'><h3><a href='/r'>{}</a></h3><p>{}</p></article>",
        "<div class='card'><a href='/r'>{}</a><p>{}</p></div>",
        "<article><a href='/r'><h3>{}</h3></a><p>{}</p></article>",
        "<li><h4><a href='/r'>{}</a></h4><span>3 May</span><p>{}</p></li>",
    ],
)
def test_other_stories_below_their_heading_go_however_long_they_are(section: str, card: str) -> None:
    article = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:3])
    stories = section.format("".join(card.format(*story) for story in STORIES))
    whole = page(f"<h1>{TITLE}</h1><div class='post-content'>{article}</div>{stories}")
    assert extract_html(whole, "https://example.org/a", date(2024, 5, 1)).text == "\n\n".join(SENTENCES[:3])


@pytest.mark.parametrize("paragraphs", [1, 2, 3])
def test_an_article_that_goes_on_below_such_a_heading_stays(paragraphs: int) -> None:
    links = "".join(f"<li><a href='/{at}'>{title}</a></li>" for at, (title, _) in enumerate(STORIES))
    rest = [summary for _, summary in STORIES[:paragraphs]]
    text = text_with(f"<div><h3>Related posts</h3><ul>{links}</ul>{''.join(f'<p>{line}</p>' for line in rest)}</div>")
    assert [line for line in rest if line not in text] == []


@pytest.mark.parametrize("player", ["audio-player", "c-audioplayer__frame", "beyondwords-player", "article-audio", "m-listen-to-article"])
@pytest.mark.parametrize(
    "lead", ["<div class='lead'><p>{}</p></div>", "<p class='lead'>{}</p>", "<section class='intro'><div>{}</div></section>"]
)
def test_a_player_between_the_standfirst_and_the_text_goes_and_the_standfirst_stays(player: str, lead: str) -> None:
    summary = "She carried salt, then mail, then nothing but the wind for nine weeks."
    voice = "<p>Listen to this article</p><p>00:00 / 04:12</p><p>This voice is made by a machine and may stumble over names.</p>"
    article = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    whole = page(
        f"<article><h1>{TITLE}</h1>{lead.format(summary)}<div class='{player}'>{voice}</div><div class='body'>{article}</div></article>"
    )
    assert extract_html(whole, "https://example.org/a", date(2024, 5, 1)).text == "\n\n".join([summary, *SENTENCES])


def test_a_transcript_in_a_player_stays() -> None:
    article = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    whole = page(f"<article><h1>{TITLE}</h1><div class='audio-player'>{article}</div></article>")
    assert extract_html(whole, "https://example.org/a", date(2024, 5, 1)).text == "\n\n".join(SENTENCES)


def text_with_end(end: str) -> str:
    """The text of a page with `end` after the last paragraph."""
    article = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    return extract_html(
        page(f"<article><h1>{TITLE}</h1><div class='article-body'>{article}{end}</div></article>"), None, date(2024, 5, 1)
    ).text


@pytest.mark.parametrize(
    "call",
    [
        "<p><a href='/shop'>Order your first tile set in our shop today</a></p><p><a href='/all'>See all games of this genre »</a></p>",
        "<p><strong><a href='/x'>Jetzt die passenden Stiefel im Laden ansehen</a></strong></p>",
        "<p><a href='/x'>Commander votre billet pour la traversée</a></p>",
    ],
)
def test_linked_calls_below_the_last_paragraph_go(call: str) -> None:
    assert text_with_end(call) == "\n\n".join(SENTENCES)


def test_linked_sources_below_a_colon_stay() -> None:
    report = "Report of the council on the second landing"
    end = f"<p>The figures of the winter and of the two years before it are in these papers:</p><p><a href='/r'>{report}</a></p>"
    assert text_with_end(end).endswith(report)


@pytest.mark.parametrize(
    "part",
    [
        "<h4>Related</h4><p><a href='/r3'>Donors cut the budget of the landing for a third year</a></p>",
        "<p><b>Mehr zum Thema</b></p><p><a href='/r'>Donors cut the budget</a></p><p><a href='/s'>Who paints the hull of the ferry</a></p>",
        "<p><small>SPONSORED CONTENT</small></p><p><a href='https://loans.example/'>Farm loans in one day, from 2.9 percent a year</a></p>",
        "<div><p>Enjoying our work on the river? We count on you. <a href='/subscribe?from=box'>See the offers</a></p></div>",
        "<p>Der Bote lebt von denen, die ihn lesen. <a href='https://bote.example/abonnement/digital'>Zum Angebot</a></p>",
    ],
)
def test_a_link_below_a_label_and_an_offer_go(part: str) -> None:
    assert text_with(part) == "\n\n".join(SENTENCES)


def test_a_link_below_a_paragraph_and_a_sentence_about_subscribers_stay() -> None:
    sentence = "Those who want a seat by the window can <a href='/subscribe'>subscribe</a> to the winter boat for nine dollars a month."
    assert "subscribe to the winter boat" in text_with(f"<p>{sentence}</p>")


def test_share_buttons_and_counters_in_paragraphs_go() -> None:
    above, below = "<p>Share on Facebook</p><p>Copy link</p><p>1,284 views</p>", "<p>Print this page</p><p>E-mail to a friend</p>"
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    article = page(f"<article><h1>{TITLE}</h1><div>{above}{body}{below}</div></article>")
    assert extract_html(article, None, date(2024, 5, 1)).text == "\n\n".join(SENTENCES)
