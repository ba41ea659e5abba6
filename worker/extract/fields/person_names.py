"""Read the names of people in author fields and bylines; leave out outlets, editorial desks and administrators."""

from __future__ import annotations

import html
import re

from worker.extract.dates.parse import MONTHS, SPACELESS
from worker.extract.fields.language import VIETNAMESE
from worker.extract.words.languages import any_of, pattern, words

NOT_A_PERSON = pattern(r"^(?:the )?<nobody>$")
"""Author fields without a person: accounts, roles, desks, and words of buttons."""
AGENCY = pattern(r"^(?:<agency>(?: <agency_tail>)?|<agency_name>)$")
"""Wire agencies, which sign instead of a person; an outlet that names one as author is another organisation."""
ORGANISATION = pattern(r"\b<organisation>\b")
"""Words in the names of desks and organisations, and not in those of people."""
OTHER_ROLE = pattern("<other_role>")
"""Before the names of people who worked on a text but did not write it."""
JOB = any_of("job")
"""Words of a profession or an office, which precede or follow a name."""
JOB_WORD = pattern(r"\b<job>s?\b")
BY = pattern(
    r"^\s*(?:[—–\-(]\s*)?(?:(?:written|posted|reported|reporting|story|text|words|compiled|report|published|article|interview)"
    r"(?:\s*(?:and|&|,)\s*(?:photos?|photographs|pictures?|video))?\s+)?<by>(?:\s*[:\u17d6\uff1a/\uff0f|–-]\s*|\s+)"
)
"""What introduces the author in a byline."""
SPLIT = pattern(
    r"\s*(?:;|\||\n|·|•|/|、|，|,(?!\s*(?:jr|sr)\b)|\s+<and>\s+|\s+&\s+|\bmit\s+)\s*",
)
"""What separates the names of several authors."""
AFTER = re.compile(r"\s*(?:\(.*|\[.*|<.*|(?:\bin|\baus|\bfrom|\bfor|\bà|\bat)\s+[A-Z].*|[–—-]\s.*)$")
"""What follows a name in a byline: initials in brackets, a place, an outlet."""
_CALENDAR = "|".join(re.escape(word) for word in sorted(MONTHS, key=len, reverse=True) if word.isascii() and word not in ("may", "mai"))
MONTH = re.compile(rf"(?:{_CALENDAR})\.?", re.IGNORECASE)
"""A month, but for May, which is a name in many languages."""
TAIL = pattern(
    rf"\s*<reporter_title>$|\s+(?:(?:on|at|updated|published|posted)\b\s.*|(?:{_CALENDAR})\.?\s*\d.*$|{JOB}\b.*)$|\s*\d.*$",
)
"""What else follows it: the date, the time, the author's profession."""
SURNAME = re.compile(
    r"(?!(?i:the|our|daily|sunday|evening|morning|national|international|world|city|local|online|digital|business|sports?|political|"
    r"foreign|news|press|associated|guest|special|senior|staff|editorial|web|video|radio|tv|community|managing|chief|assistant|deputy)\b)"
    r"[^\W\d_a-z][\w.'’\-]*\s+(?:Post|Press|Wire|Daily|Head|Coach|Minister|Forum|Fellow|Page|Chief|Judge|Marshall?|Market|"
    r"Chancellor|Bishop|Dean|Abbott|Provost|Speaker|Writer|Reporter|Founder|Officer|Lawyer|Share|Deputy|Major)"
)
"""A given name and a surname that is also a trade, an office or a word of outlets."""
SIGNED = tuple(re.compile(signature, re.IGNORECASE) for signature in words("signature"))
"""Signatures in the forms of their countries."""
TWO = re.compile(r"([^\W\d_a-z]\S*(?: [^\W\d_a-z]\S*){1,3})\s[-–]\s([^\W\d_a-z]\S*(?: [^\W\d_a-z]\S*){1,3})")
"""Two names that only a dash parts, as Vietnamese papers write them."""
LEADING_AND = pattern(r"^(?:<and>|&)\s+", 0)
MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
MAIL = re.compile(r"\s*[(<\[|,]?\s*(?:mailto:)?[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+\s*[)>\]]?")
COMPANY = pattern(r"\b<company_form>\.?$")
"""Legal forms at the end of a company's name."""
SLUG = re.compile(r"^[a-z]+(?:[-_.][a-z]+){1,3}$")
SURNAME_FIRST = re.compile(r"^([^\W\d_][\w'’\-]+),\s+([^\W\d_][\w'’\-]+(?:\s+[^\W\d_]\.?)?)$")
NAME = re.compile(
    r"^(?:[^\W\d_a-z][\w.'’\-]*|(?:de|da|di|van|von|der|den|bin|al|el|la|le|du|dos|y|ter|ten|zu|of)\b)(?:\s+(?:[^\W\d_a-z][\w.'’\-]*|"
    r"(?:de|da|di|van|von|der|den|bin|al|el|la|le|du|dos|y|ter|ten|zu)\b))+$|^[^\x00-\x1f!-\u024f]{2,30}$"
)
"""Two or more words that begin with a capital, or are particles like "van"; or any short text in a script without capitals."""
PERSON = re.compile(r"^(?:[^\W\d_a-z][\w.'’\-]{0,15}\s+){1,3}[^\W\d_a-z][\w'’\-]{1,15}$")
"""Two to four words that begin with a capital, and nothing else."""
PERSON_WORDS = 2  # of a name whose second word is a trade; after more words it is one
MAX_NAME = 50  # characters; longer ones are sentences
MAX_WORDS = 6
MAX_AUTHORS = 20


def author_names(texts: list[str], site_names: set[str]) -> list[str]:
    """The names in author fields or bylines, each once: separated, without "by", addresses, and entries that are not people.

    `site_names`: the letters of the site's own names, which are not an author's.
    """
    names: dict[str, str] = {}
    for text in texts[:MAX_AUTHORS]:
        plain = MAIL.sub("", MARKUP.sub(" ", html.unescape(text[:500]))).strip(' \t\r\n"“”')
        if "://" in plain or "www." in plain or (plain.startswith(("@", "(")) and not BY.match(plain)):
            continue
        plain = signed_name(plain) or plain
        pair = TWO.fullmatch(plain)
        plain = "; ".join(pair.groups()) if pair and any(map(VIETNAMESE.search, pair.groups())) else plain
        found = [name for part in _parts(plain, site_names) if (name := _name(part, site_names))]
        if len(found) > 1 and any(" " in name and name.isascii() and not NAME.match(name) for name in found):
            continue  # a desk in two parts: "Accidents and crime"
        persons = [name for name in found if not AGENCY.match(name)]  # an agency beside a person is the person's employer
        names.update((name.casefold(), name) for name in persons or found if name.casefold() not in names)
    return list(names.values())[:MAX_AUTHORS]


def signed_name(line: str) -> str | None:
    """The name in a line that signs a text in the form of its country; several names with a comma between them."""
    match = next((match for signature in SIGNED if (match := signature.match(line))), None)
    several = match.groupdict().get("names") if match else None
    return several.replace(" ", "、") if several else match[1] if match else None


def _parts(plain: str, site_names: set[str]) -> list[str]:
    """The parts of a byline. Single words after a full name are a degree, a profession or a place, and are left out; so is
    what follows the outlet's name, which is its address."""
    first, *others = SPLIT.split(BY.sub("", plain))
    if others and "," in plain and _is_site_name(first, site_names):
        return []
    several = len(first.split()) > 1 and "," in plain
    return [first, *(part for part in others if not several or len(part.split()) > 1 or SPACELESS.search(part))]


def given_first(names: list[str]) -> list[str]:
    """Names from a catalogue, where the surname comes first, in the usual order: `Roy, Aniruddha` becomes `Aniruddha Roy`."""
    return [SURNAME_FIRST.sub(r"\2 \1", name.strip()) for name in names]


def _name(part: str, site_names: set[str]) -> str | None:
    """The name in one part of a byline; None where it is not a person's or an agency's."""
    whole = LEADING_AND.sub("", AFTER.sub("", BY.sub("", " ".join(part.split())))).strip(' .,:;|-–—@*_()"“”')
    words = whole.split()
    if len(words) == PERSON_WORDS and SURNAME.fullmatch(whole) and not _is_site_name(whole, site_names):
        return whole
    if len(words) > PERSON_WORDS and MONTH.fullmatch(words[-1]):
        whole = " ".join(words[:-1])
    name = TAIL.sub("", whole).strip(' .,:;|-–—@*_()"“”')
    if SLUG.match(name):
        name = re.sub(r"[-_.]", " ", name).title()
    if AGENCY.match(name):
        return name
    if not 2 <= len(name) <= MAX_NAME or len(name.split()) > MAX_WORDS or "@" in part:
        return None
    other = NOT_A_PERSON.match(name) or COMPANY.search(name) or OTHER_ROLE.match(name) or ORGANISATION.search(name) or JOB_WORD.search(name)
    return None if other or _is_site_name(name, site_names) or not any(map(str.isalpha, name)) else name


def _is_site_name(name: str, site_names: set[str]) -> bool:
    """Whether the name is the outlet's: the same letters, or one within the other."""
    key = letters_of(name)
    return any(key == site or (len(site) > 3 and site in key) or (len(key) > 5 and key in site) for site in site_names)


def letters_of(name: str) -> str:
    """The letters and digits of a name, without case: the form in which names are compared."""
    return re.sub(r"\W", "", name).casefold()
