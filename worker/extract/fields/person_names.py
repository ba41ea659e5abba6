"""Read the names of people in author fields and bylines; leave out outlets, editorial desks and administrators."""

from __future__ import annotations

import html
import re

from worker.extract.dates.forms import MONTHS
from worker.extract.fields.language import has_vietnamese
from worker.extract.page.characters import letters_of, without_emoji
from worker.extract.words.languages import any_of, pattern, words
from worker.extract.words.sentences import SPACELESS

NOT_A_PERSON = pattern(r"^(?:the )?<nobody>$")
"""Author fields without a person: accounts, roles, desks, and words of buttons."""
AGENCY = pattern(r"^(?:<agency>(?: <agency_tail>)?|<agency_name>)$")
"""Wire agencies, which sign instead of a person; an outlet that names one as author is another organisation."""
ORGANISATION = pattern(r"\b<organisation>\b")
"""Words in the names of desks and organisations, and not in those of people."""
OTHER_ROLE = pattern("<other_role>")
"""Before the names of people who worked on a text but did not write it."""
GIVEN = frozenset(words("given_name"))
"""Given names with which a source begins in another language: "Theo Reuters" is "According to Reuters" in Vietnamese."""
JOB = any_of("job")
"""Words of a profession or an office, which precede or follow a name."""
JOB_WORD = pattern(r"\b<job>s?\b")
BY = pattern(
    r"^\s*(?:[—–\-(]\s*)?(?:(?:written|posted|reported|reporting|story|text|words|compiled|report|published|article|interview"
    r"|(?:an? )?guest (?:post|article|column|essay|blog|opinion|commentary|contribution))"
    r"(?:\s*(?:and|&|,)\s*(?:photos?|photographs|pictures?|video))?\s+)?<by>(?:\s*[:\u17d6\uff1a/\uff0f|–=\uff1d\u30fb-]\s*|\s+)"
)
"""What introduces the author in a byline."""
SPLIT = pattern(
    r"\s*(?:;|\||\n|·|•|●|/|、|，|,(?!\s*<name_suffix>\b)|\s+<and>\s+|\s+&\s+|\bmit\s+|\s+(?=<other_role>))\s*",
)
"""What separates the names of several authors."""
AFTER = re.compile(r"\s*(?:\(.*|\[.*|<.*|(?:\bin|\baus|\bfrom|\b[Ff]or(?: the)?|\bà|\bat)\s+[A-Z].*|[–—-]\s.*)$")
"""What follows a name in a byline: initials in brackets, a place, an outlet."""
MAY = ("may", "mai")
"""A month that is a name in many languages."""
_CALENDAR = "|".join(re.escape(word) for word in sorted(MONTHS, key=len, reverse=True) if word.isascii() and word not in MAY)
TAIL = pattern(
    rf"\s*<reporter_title>$|\s+(?:(?:on|at|updated|published|posted)\b\s.*|(?:{_CALENDAR})\.?\s*\d.*$|{JOB}\b.*)$|\s*\d.*$",
)
"""What else follows it: the date, the time, the author's profession."""
SURNAMES = frozenset(words("surname"))
"""Surnames that are also a trade, an office or a word of outlets."""
BEFORE_ROLE = frozenset(words("before_role"))
"""Words before such a trade or office, which no given name is."""
SIGNED = tuple(map(pattern, words("signature")))
"""Signatures in the forms of their countries."""
DASHES = (" - ", " – ")
"""What alone parts two names in Vietnamese papers."""
LEADING_AND = pattern(r"^(?:<and>|&)\s+", 0)
MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
MAIL = re.compile(r"\s*[(<\[|,]?\s*(?:mailto:)?[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+\s*[)>\]]?")
COMPANY = pattern(r"\b<company_form>\.?$")
"""Legal forms at the end of a company's name."""
HYPHENS = str.maketrans("-_.", "   ")
"""What stands for the blanks in a name that a system wrote."""
SUFFIXES = frozenset(words("name_suffix"))
"""What follows a surname and may end with a full stop: "Jr."."""
SURNAME_AND = frozenset(words("surname_and"))
PARTICLES = frozenset(words("particle"))
"""Words in names that have no capital."""
ELIDED = tuple(word for word in PARTICLES if word.endswith(("'", "-")))
"""Those that stand before a name without a blank: "d'Orey", "el-Sayed"."""
MARKS_OF_NAMES = frozenset("_.'’-")
"""What may stand in a word of a name beside letters and digits."""
LATIN_END = "\u024f"
"""The last letter of Latin script."""
OTHER_SCRIPT = (2, 30)  # characters of a name in a script without capitals
MAX_GIVEN = 2  # given names and initials after the first in a catalogue
PERSON_NAMES, PERSON_LENGTH = range(2, 5), 16  # words of a person's name, and letters of each
PERSON_WORDS = 2  # of a name whose second word is a trade; after more words it is one
MAX_NAME = 50  # characters; longer ones are sentences
MAX_WORDS = 6
MAX_AUTHORS = 20
MAX_FIELD, MAX_MARKUP = 500, 4000  # characters of a field with authors, and the same where each has a link


def author_names(texts: list[str], site_names: set[str], *, introduced: bool = False) -> list[str]:
    """The names in author fields or bylines, each once: separated, without "by", addresses, and entries that are not people.

    `site_names`: the letters of the site's own names, which are not an author's. `introduced`: whether a word like "by" stood before them,
    or the page tells that they are no source.
    """
    names: dict[str, str] = {}
    for text in texts[:MAX_AUTHORS]:
        words = _without_markup(text)
        plain = MAIL.sub(" ", words).strip(' \t\r\n"“”')
        if plain.startswith("(") and "@" in words:  # "ole@paper.example (Ole Brandt)", as feeds name people
            plain = plain.strip("()")
        plain = _catalogue(plain)
        if "://" in plain or "www." in plain or _is_id(plain) or (plain.startswith(("@", "(")) and not BY.match(plain)):
            continue
        plain = signed_name(plain) or plain
        pair = _two_names(plain)
        plain = "; ".join(pair) if any(map(has_vietnamese, pair)) else plain
        parts = _parts(plain, site_names)
        sure = (introduced or BY.match(plain) is not None) and not has_vietnamese(plain)
        found = [name for part in parts if (name := _name(part, site_names, sure=sure))]
        if found and is_person(found[0]) and BY.match(plain):
            found = _without_offices(found, parts, plain)
        if len(found) > 1 and any(" " in name and name.isascii() and not is_name(name) for name in found):
            continue  # a desk in two parts: "Accidents and crime"
        persons = [name for name in found if not AGENCY.match(name)]  # an agency beside a person is the person's employer
        names.update((name.casefold(), name) for name in persons or found if name.casefold() not in names)
    return list(names.values())[:MAX_AUTHORS]


def _is_id(text: str) -> bool:
    """Whether an author field is a system's name of an account: `#/schema/person/abc`, `person:4711`, `ID-993`, `$author`."""
    path = text.startswith(("#", "/", "$", "{", "%", "urn:")) or (":" in text.rstrip(":") and " " not in text and text.isascii())
    return path or (text.isascii() and text.partition("-")[2].isdecimal())


def _without_offices(names: list[str], parts: list[str], plain: str) -> list[str]:
    """The names in a byline's parts without what is an office: "VP of Strategy at Fairlight Moorings", whose "at" parts names elsewhere."""
    offices = [part.strip() for part in parts[1:] if part.isascii() and " " in part.strip() and not is_name(part)]
    persons = [name for name in names if " " not in name or not name.isascii() or is_name(name)]
    return [name for name in persons if not any(f"{office} at {name}" in plain for office in offices)]


def _without_markup(text: str) -> str:
    """The words of an author field, MAX_FIELD characters at most: without mark-up, such as links to the authors' pages, and emoji."""
    return without_emoji(MARKUP.sub(" ", html.unescape(text[:MAX_MARKUP]))[:MAX_FIELD])


def signed_name(line: str) -> str | None:
    """The name in a line that signs a text in the form of its country; several names with a comma between them."""
    match = next((match for signature in SIGNED if (match := signature.match(line))), None)
    several = match.groupdict().get("names") if match else None
    return several.replace(" ", "、") if several else match[1] if match else None


def is_month(word: str) -> bool:
    """Whether a word is a month, but for May, which is a name in many languages."""
    return word.removesuffix(".").lower() in MONTHS.keys() - MAY


def is_name(text: str) -> bool:
    """Whether `text` is two or more words that begin with a capital, or are particles like "van"; or any short text in a script
    without capitals."""
    parts = _words_of(text)
    if len(parts) > 1 and all(part in PARTICLES or _is_capitalised(part) for part in parts):
        return True
    return OTHER_SCRIPT[0] <= len(text) <= OTHER_SCRIPT[1] and all(letter == " " or letter > LATIN_END for letter in text)


def is_person(text: str) -> bool:
    """Whether `text` is two to four words that begin with a capital, the last without a full stop, and nothing else."""
    parts = _words_of(text)
    form = len(parts) in PERSON_NAMES and len(parts[-1]) > 1 and ("." not in parts[-1] or _is_suffix(parts[-1]))
    return form and all(len(part) <= PERSON_LENGTH and _is_capitalised(part) for part in parts)


def _words_of(name: str) -> list[str]:
    """The words of a name, without the comma before one like "Jr."."""
    parts = name.split()
    if len(parts) > PERSON_WORDS and _is_suffix(parts[-1]):
        parts[-2] = parts[-2].removesuffix(",")
    return parts


def _is_suffix(word: str) -> bool:
    """Whether a word of a name is one like "Jr."."""
    return word.removesuffix(".").lower() in SUFFIXES


def joined_persons(text: str) -> list[str]:
    """The persons in `text`, where it is their names and nothing else, the last two joined by "and"."""
    parts = SPLIT.split(text)
    word = text.removesuffix(parts[-1]).split()[-1:]
    joined = len(parts) > 1 and word and LEADING_AND.match(f"{word[0].lower()} ")
    return parts if joined and all(map(is_person, parts)) else []


def _is_capitalised(word: str) -> bool:
    """Whether a word begins as those of names do, and holds nothing but letters, digits and MARKS_OF_NAMES."""
    return _begins_name(word) and all(map(str.isalnum, set(word) - MARKS_OF_NAMES))


def _begins_name(word: str) -> bool:
    """Whether a word begins with a letter that is no small one of English, after a particle without a blank."""
    bare = word.replace("’", "'")
    first = bare.removeprefix(next(filter(bare.startswith, ELIDED), ""))[:1]
    return first.isalpha() and not "a" <= first <= "z"


def _two_names(plain: str) -> list[str]:
    """Two names that only a dash parts; none where `plain` is something else."""
    pair = next((pair for dash in DASHES if len(pair := plain.split(dash)) == len(DASHES)), [])
    return pair if all(len(name.split()) in PERSON_NAMES and all(map(_begins_name, name.split())) for name in pair) else []


def _parts(plain: str, site_names: set[str]) -> list[str]:
    """The parts of a byline. Single words after a full name are a degree, a profession or a place, and are left out; so is
    what follows the outlet's name, which is its address."""
    first, *others = _split(BY.sub("", plain))
    if others and "," in plain and _is_site_name(first, site_names):
        return []
    several = len(first.split()) > 1 and "," in plain
    named = (part for part in others if not several or len(part.split()) > 1 or SPACELESS.search(part))
    return [first, *(part for part in named if not several or not JOB_WORD.search(part.split()[-1]))]


def _split(plain: str) -> list[str]:
    """The parts of a byline; two surnames of one person are one: "María de la Cruz y Soto"."""
    parts, end = [], 0
    for mark in SPLIT.finditer(plain):
        before, after = plain[end : mark.start()], SPLIT.split(plain[mark.end() :], maxsplit=1)[0]
        if mark[0].strip() in SURNAME_AND and len(before.split()) > 1 and _is_second_surname(after):
            continue
        parts.append(before)
        end = mark.end()
    return [*parts, plain[end:]]


def _is_second_surname(word: str) -> bool:
    """Whether one word between or behind names is a surname, and no agency or desk."""
    other = AGENCY.match(word) or NOT_A_PERSON.match(word) or ORGANISATION.search(word)
    return word.istitle() and word.isalpha() and not other


def _catalogue(plain: str) -> str:
    """Several names from a catalogue in the usual order: "Brandt, Ole; Osk, Marit"."""
    names = plain.split(";")
    ordered = given_first(names)
    return "; ".join(ordered) if len(names) > 1 and all(one != name.strip() for one, name in zip(ordered, names, strict=True)) else plain


def given_first(names: list[str]) -> list[str]:
    """Names from a catalogue, where the surname comes first, in the usual order: `Roy, Aniruddha` becomes `Aniruddha Roy`."""
    return [_given_first(name.strip()) for name in names]


def _given_first(name: str) -> str:
    surname, _, given = name.partition(", ")
    first, *initials = given.split() or [""]
    catalogued = all(part[:1].isalpha() and len(part) > 1 and " " not in part for part in (surname, first))
    short = len(initials) <= MAX_GIVEN and all(initial[0].isalpha() and initial[0].isupper() for initial in initials)
    return " ".join([first, *initials, surname]) if catalogued and short else name


def _name(part: str, site_names: set[str], *, sure: bool) -> str | None:
    """The name in one part of a byline; None where it is not a person's or an agency's. `sure`: whether a word like "by" tells that
    one of GIVEN is a name."""
    whole = LEADING_AND.sub("", AFTER.sub("", BY.sub("", " ".join(part.split())))).strip(' .,:;|-–—@*_()"“”')
    words = whole.split()
    if len(words) == PERSON_WORDS and _is_with_trade(*words) and not _is_site_name(whole, site_names):
        return whole
    if len(words) > PERSON_WORDS and is_month(words[-1]):
        whole = " ".join(words[:-1])
    name = _behind_role(whole) or TAIL.sub("", whole).strip(' .,:;|-–—@*_()"“”')
    name = name if name != whole and whole.removeprefix(name)[:1].isalnum() else _from_slug(name) or name
    name = f"{name}." if _is_suffix(name.rpartition(" ")[2]) and f"{name}." in part else name
    if AGENCY.match(name):
        return name
    if not 2 <= len(name) <= MAX_NAME or len(name.split()) > MAX_WORDS or "@" in part:
        return None
    given = sure and is_name(name) and name.partition(" ")[0].lower() in GIVEN and not AGENCY.match(name.partition(" ")[2])
    other = (
        (NOT_A_PERSON.match(name) and not given)
        or COMPANY.search(name)
        or OTHER_ROLE.match(name)
        or ORGANISATION.search(name)
        or JOB_WORD.search(name)
        or name.lower() in BEFORE_ROLE
    )
    return None if other or _is_site_name(name, site_names) or not any(map(str.isalpha, name)) else name


def _behind_role(name: str) -> str | None:
    """The person behind a role: "Herald reporter Jane Doe"; None for others, as those with a person or
    nothing before the role: "Editor Jane Doe" beside the writer."""
    roles = [*JOB_WORD.finditer(name)]
    if not roles:
        return None
    before, rest = name[: roles[0].start()].strip(), name[roles[-1].end() :].strip()
    behind = is_person(rest) and not ORGANISATION.search(rest)
    return rest if before and behind and (not is_person(before) or ORGANISATION.search(before)) else None


def _from_slug(name: str) -> str | None:
    """The name in one that a system wrote in small letters: `kim_mai`; None for others."""
    parts = name.translate(HYPHENS).split()
    whole = name.isascii() and name.islower() and len(parts) in PERSON_NAMES and " " not in name
    return " ".join(parts).title() if whole and all(map(str.isalpha, parts)) else None


def _is_with_trade(given: str, surname: str) -> bool:
    """Whether two words are a person's name of which the second is also a trade."""
    return surname.istitle() and surname.lower() in SURNAMES and _is_capitalised(given) and given.lower() not in BEFORE_ROLE


def _is_site_name(name: str, site_names: set[str]) -> bool:
    """Whether the name is the outlet's: the same letters, or one within the other."""
    key = letters_of(name)
    return any(key == site or (len(site) > 3 and site in key) or (len(key) > 5 and key in site) for site in site_names)
