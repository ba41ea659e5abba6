"""Datelines: the day that an article's own first or last lines give, never the masthead's or the copyright's."""

from __future__ import annotations

import re

from worker.extract.dates.parse import LONGEST, Moment, dates_in, from_machine, has_figures, without_dates

_PLACE = r"[^\W\d_][^\d|:;!?\n]{1,60}?"
LEAD = re.compile(rf"^\W{{0,3}}{_PLACE}[,(]\s*(?P<date>[^–—\n]{{6,40}}?)\)?\s*(?:[–—]|--|-\s)\s*\S")
"""`Phnom Penh, March 22, 2024 – …`: a place, a date, a dash, then the text."""
TRAILER = re.compile(r"^[A-Z]{2,5}-[A-Z]{2}-(\d\d)-(\d\d)-(\d\d) \d{4}\s?GMT$")
"""The last line of a wire's report: month, day and year."""
BARE = 90  # characters: a line that does nothing but date a text is shorter
BESIDE = 6  # words beside the date: a place, "Done at", a weekday
SMALL = frozenset(
    "done made given signed issued dated at in on this day of the and le la à fait adopted le am um den date".split()  # noqa: SIM905 - words read best as words
)
"""Words that may stand small in such a line."""
WEEKDAY = re.compile(
    r"^(?:today is |today[:,]? )?(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b|(?:lun|mar|mercre|"
    r"jeu|vendre|same)di\b|dimanche\b|"
    r"ថ្ងៃ\s?(?:ច័ន្ទ|ចន្ទ|អង្គារ|ពុធ|ព្រហស្បតិ៍|សុក្រ|សៅរ៍|អាទិត្យ)|วัน(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|อาทิตย์)|ວັນ(?:ຈັນ|ອັງຄານ|ພຸດ|ພະຫັດ|ສຸກ|ເສົາ|ອາທິດ)|"
    r"thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|星期|周[一二三四五六日]|[月火水木金土日]曜|[월화수목금토일]요일|"
    r"(?:ahad|minggu|linggo|isnin|senin|lunes|selasa|martes|rabu|miyerkules|khamis|kamis|huwebes|juma?at|biyernes|sabtu|sabado)\b|"
    r"(?:တနင်္ဂနွေ|တနင်္လာ|အင်္ဂါ|ဗုဒ္ဓဟူး|ကြာသပတေး|သောကြာ|စနေ)နေ့)",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"\b(?:published|posted|issued|released|release date|date of (?:issue|publication|release)|publié|veröffentlicht|first published)\b|"
    r"\b(?:diterbitkan|dipublikasikan|dimuat naik|tayang|terbit)\b|"
    r"ចេញផ្សាយ|ផ្សាយ|เผยแพร่|ลงวันที่|đăng ngày|ngày đăng|发布(?:时间|日期)?|发表于|公開|ເຜີຍແຜ່|등록|입력|게시",
    re.IGNORECASE,
)
"""Words before a day of publication."""


_CHANGED = (
    r"updated|update|modified|uploaded|revised|mis à jour|modifié|aktualisiert|actualizado|güncelleme|diperbarui|dikemas kini|cập nhật"
)
UPDATE = re.compile(rf"\b(?:{_CHANGED})\b|อัปเดต|ปรับปรุง|수정|更新", re.IGNORECASE)
DATA = re.compile(rf"\b(?:last|latest|date|at|post time|{_CHANGED})\b|อัปเดต|ปรับปรุง|수정|更新|น\.", re.IGNORECASE)
"""Other words of a line of data about a text."""


def of_line(line: str) -> Moment | None:
    """The day of a line that does nothing but date a text, or begins it with a dateline."""
    line = line.strip()[: LONGEST * 2]
    if trailer := TRAILER.match(line):
        return from_machine("20{2}-{0}-{1}".format(*trailer.groups()))
    lead = LEAD.match(line)
    if lead and len(_words(without_dates(lead["date"]))) <= 2:
        found = dates_in(lead["date"])
        return found[0][1] if found else None
    found = dates_in(line) if len(line) <= BARE else []
    return found[0][1] if found and _is_bare(line) else None


def _is_bare(line: str) -> bool:
    """Whether nothing but a place, a weekday and words like "Done at" or "Published" stand beside a line's date."""
    words = _words(DATA.sub(" ", LABEL.sub(" ", without_dates(line))))
    known = sum(word.casefold() in SMALL or not word[0].islower() for word in words)
    return len(words) <= BESIDE and known == len(words)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text)


def of_label(line: str) -> Moment | None:
    """The first day in a line that says who wrote a text, or when it was published."""
    found = dates_in(line[: LONGEST * 2])
    return found[0][1] if found else None


def of_published(line: str) -> Moment | None:
    """The day after a word like "Published" in a line of data about a text, even beside other days."""
    match = LABEL.search(line[: LONGEST * 2])
    found = dates_in(line[match.end() : match.end() + 40]) if match else []
    return found[0][1] if found else None


def is_update(line: str) -> bool:
    """Whether a line tells of a later change."""
    return UPDATE.search(line) is not None


def is_masthead(line: str) -> bool:
    """Whether a line shows a day as mastheads show today's: with its weekday."""
    return _is_short(line) and WEEKDAY.match(line.strip()) is not None and bool(dates_in(line))


def is_dateline(line: str) -> bool:
    """Whether a short line gives a place and a date and nothing else: it stands over or under a text."""
    return _is_short(line) and not WEEKDAY.match(line.strip()) and not LEAD.match(line) and of_line(line) is not None


def _is_short(line: str) -> bool:
    """Whether a line could be a date and little else."""
    return len(line) <= BARE and has_figures(line)
