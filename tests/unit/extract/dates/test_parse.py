from __future__ import annotations

from datetime import date

import pytest

from worker.extract.dates.dateline import date_of_line, is_trailer, publication_date
from worker.extract.dates.forms import MONTHS, PROSE
from worker.extract.dates.parse import find_dates, parse_machine_date, parse_prose_date


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-03-22", "2024-03-22"),
        ("2024-03-22T09:30:00+07:00", "2024-03-22T02:30:00Z"),
        ("2024-03-22T00:30+0700", "2024-03-21T17:30:00Z"),
        ("2024-03-22T09:30:00", "2024-03-22"),
        ("20240322", "2024-03-22"),
        ("Fri, 22 Mar 2024 09:30:00 +0700", "2024-03-22T02:30:00Z"),
        ("1711074600", "2024-03-22T02:30:00Z"),
        ("/Date(1711074600000+0700)/", "2024-03-22T02:30:00Z"),
        ("2024-082", "2024-03-22"),
        ("2024-W12-5", "2024-03-22"),
        ("2024W125", "2024-03-22"),
        ("Friday, 22-Mar-24 09:30:00", "2024-03-22"),
        ("Friday, 22-Mar-24 09:30:00 GMT", "2024-03-22T09:30:00Z"),
        ("20240322 09:30", "2024-03-22"),
        ("２０２４年３月２２日", "2024-03-22"),
        ("22 มีนาคม 2567", "2024-03-22"),
    ],
)
def test_dates_for_machines_are_read_with_their_zone_or_as_days(written, read):
    assert str(parse_machine_date(written)) == read


@pytest.mark.parametrize(
    "written",
    [
        *(
            "NaN",
            "2006-07",
            "2024-W60-1",
            "2024-400",
            "17110746",
            "0000-00-00",
            "99999-01-01",
            "2024-13-40",
            "",
            "yesterday",
            "1/" * 100_000,
        ),
        *("1711074600-news", "1711074600.jpg"),
    ],
)
def test_what_is_no_date_is_none(written):
    assert parse_machine_date(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "March 22, 2024", "22 March 2024", "22nd of March, 2024", "22.03.2024", "22/03/2024", "2024年3月22日", "22 mars 2024",
        "22/Mar/2024", "Mar-22-2024", "၂၀၂၄ ခုနှစ် မတ်လ ၂၂ ရက်", "2024. 3. 22.", "令和6年3月22日",
        "22 Mac 2024", "Marso 22, 2024", "22 Maret 2024", "22 mart 2024", "22 marzo 2024", "22 de março de 2024",
        "ថ្ងៃទី២២ ខែមីនា ឆ្នាំ២០២៤", "22 มี.ค. 2567", "๒๒ มีนาคม ๒๕๖๗", "22 มี.ค. 67", "ngày 22 tháng 3 năm 2024", "Mar. 22, 2024",
    ],
)  # fmt: skip
def test_dates_in_prose_are_read_as_the_region_writes_them(written):
    assert str(parse_prose_date(written)) == "2024-03-22"


@pytest.mark.parametrize(
    "written",
    [
        "2024. március 22.", "2024 m. kovo 22 d.", "2024. gada 22. marts", "22. märts 2024", "22. marca 2024", "22. ožujka 2024.",
        "22. mart 2024.", "22 de març de 2024", "22 de marzo del 2024", "2024ko martxoaren 22a", "22 сакавіка 2024", "22 მარტი, 2024",
        "22 մարտի, 2024", "22 Mart 2024, Cümə", "2024 жылғы 22 наурыз", "2024 оны 3-р сарын 22", "22 مارچ 2024", "22 மார்ச் 2024",
        "22 మార్చి 2024", "૨૨ માર્ચ ૨૦૨૪", "22 Machi 2024", "22. Mrz. 2024", "22 Μαρ 2024", "22 бер. 2024", "Ika-22 ng Marso 2024",
        "22. 3. 2024", "2024, March 22", "Mar 22, '24", "22 March ’24",
    ],
)  # fmt: skip
def test_dates_in_prose_are_read_in_forty_languages(written):
    assert str(parse_prose_date(written)) == "2024-03-22"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("جمعه ۳ فروردین ۱۴۰۳", "2024-03-22"),
        ("2 تير 1399 - 12:09:08", "2020-06-22"),
        ("۱۴۰۳/۰۱/۰۳", "2024-03-22"),
        ("1403-12-30", "2025-03-20"),
        ("30 اسفند 1402", None),
        ("1 حمل 1369", "1990-03-21"),
        ("中華民國113年3月22日", "2024-03-22"),
        ("民國 113 年 03 月 22 日", "2024-03-22"),
        ("二〇二四年三月二十二日", "2024-03-22"),
        ("二〇二四年十月二十日", "2024-10-20"),
        ("二〇一九年十二月十日", "2019-12-10"),
        ("令和元年十二月三十一日", "2019-12-31"),
        ("平成31年4月30日", "2019-04-30"),
        ("In May 1402 he fought at 5 places", None),
        ("from 12 to 1403 people", None),
        ("/Date(1711074600000)/", "2024-03-22T02:30:00Z"),
    ],
)
def test_days_of_other_calendars_are_read(written, day):
    assert parse_machine_date(written) == (None if day is None else parse_machine_date(day))


def test_a_weekday_in_lower_case_is_no_word_of_a_sentence():
    assert str(date_of_line("vendredi 22 mars 2024 à 10h30")) == "2024-03-22"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Phnom Penh, March 22, 2024 – Dr. CHEM Widhya, Secretary of State, embarked on a visit.", "2024-03-22"),
        ("7 February 2024, Phnom Penh", "2024-02-07"),
        ("Done at Siem Reap, this 25th day of November, 2024", "2024-11-25"),
        ("Bandar Seri Begawan, 12 October 2023", "2023-10-12"),
        ("Hainan, Mar. 28 – Samdech Techo Hun Sen held a meeting.", None),
        ("The meeting of 22 March 2024 was followed by another in Hanoi.", None),
        ("© 2019–2026 City Hall News", None),
        ("Regatta results (2025/7/11-12)", None),
        ("Phnom Penh, 12–14 March 2024", None),
        ("Phnom Penh, 14 March 2024 - 10:30", "2024-03-14"),
    ],
)
def test_a_dateline_dates_a_text_and_a_sentence_does_not(line, day):
    moment = date_of_line(line)
    assert (str(moment) if moment else None) == day


def test_the_day_of_publication_is_the_one_so_labelled():
    assert str(publication_date("Updated 30 Oct 2024, published: 28 Oct 2024")) == "2024-10-28"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Thứ Sáu, 22/3/2024, 08:15 (GMT+7)", "2024-03-22T01:15:00Z"),
        ("22 March 2024 10:30 pm GMT+5:30", "2024-03-22T17:00:00Z"),
        ("22.03.2024, 08:15 Uhr MEZ", "2024-03-22T07:15:00Z"),
        ("22 juin 2024 à 08h15 (CEST)", "2024-06-22T06:15:00Z"),
        ("22 juin 2024 à 08h15 cet après-midi", "2024-06-22"),
        ("22 June 2024 08:15 MEST", "2024-06-22T06:15:00Z"),
        ("Senin, 22 Juli 2024 | 08:15 WIB", "2024-07-22T01:15:00Z"),
        ("22 March 2024, 0815 hrs IST", "2024-03-22"),
        ("22 March 2024 08:15 CST", "2024-03-22"),
        ("22 June 2024, 8.15am ICT", "2024-06-22T01:15:00Z"),
        ("2024\u5e746\u670822\u65e5(\u571f) 8:15 JST", "2024-06-21T23:15:00Z"),
        ("2024-06-22 08:15 SGT", "2024-06-22T00:15:00Z"),
        ("22/03/2024, 19:15 WITA", "2024-03-22T11:15:00Z"),
        ("22 March 2024, 08:15", "2024-03-22"),
    ],
)
def test_a_time_of_day_beside_a_date_counts_where_it_gives_its_zone(written, moment):
    assert str(parse_prose_date(written)) == moment


def test_a_wires_last_line_dates_its_report():
    assert str(date_of_line("MWS-WF-09-03-25 1142GMT")) == "2025-09-03"


@pytest.mark.parametrize("line", ["MWS-WF-AB-CD-EF 1142GMT", "MWS-WF-09-03-25 NOONGMT", "M-WF-09-03-25 1142GMT", "MWS-WF-09-03-25"])
def test_other_capitals_between_hyphens_end_no_agencys_report(line):
    assert not is_trailer(line)


def test_the_future_and_the_time_before_the_web_are_not_plausible():
    assert parse_machine_date("2024-03-23").is_plausible(date(2024, 3, 22))  # a day of grace for time zones
    assert not parse_machine_date("2024-03-25").is_plausible(date(2024, 3, 22))
    assert not parse_machine_date("1957-03-25").is_plausible(date(2024, 3, 22))


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Submitted by webmaster on Tue, 06/11/2024 - 14:20", "2024-06-11"),
        ("Submitted by webmaster on Wed, 06/11/2024 - 14:20", "2024-11-06"),
        ("Sun, 06/11/2024", "2024-11-06"),  # neither: as the region writes
        ("06/11/2024", "2024-11-06"),
    ],
)
def test_a_weekday_tells_day_and_month_apart(line, day):
    assert str(find_dates(line)[0][1]) == day
    assert str(date_of_line(line)) == day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("5 MAYIS 2024", "2024-05-05"),
        ("3 NİSAN 2024", "2024-04-03"),
        ("7 KASIM 2024, Perşembe", "2024-11-07"),
        ("7 kasım 2024", "2024-11-07"),
        ("ŞUBAT 7, 2024", "2024-02-07"),
    ],
)
def test_a_month_in_turkish_capitals_is_the_same_month(written: str, day: str) -> None:
    # Given months whose dotless and dotted i have capitals of their own
    assert str(find_dates(written)[0][1]) == day


def test_every_month_is_known_by_its_capitals() -> None:
    capitals = {name: name.upper() for name in MONTHS}  # but for a Greek one, whose capitals are more letters than the name has
    unread = [name for name, written in capitals.items() if len(name) == len(written) and not find_dates(f"5 {written} 2024")]
    assert unread == []


def test_a_form_of_dates_is_looked_for_by_a_word_that_it_requires() -> None:
    keyed = [form for form in PROSE if form.key]
    assert keyed
    assert [form for form in keyed if form.key not in form.template or form.key != form.key.lower()] == []


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2024 жылғы 7 мамыр", "2024-05-07"),
        ("2024. GADA 7. MAIJS", "2024-05-07"),
        ("2024 ОНЫ 5 дугаар САРЫН 7", "2024-05-07"),
        ("NGÀY 7 THÁNG 5 NĂM 2024", "2024-05-07"),
        ("2024年5月7日", "2024-05-07"),
        ("2024년 5월 7일", "2024-05-07"),
    ],
)
def test_a_date_in_the_form_of_its_language_is_read_in_any_case(line: str, day: str) -> None:
    assert str(find_dates(line)[0][1]) == day


def test_a_date_follows_the_russian_word_for_published_without_a_blank() -> None:
    assert str(publication_date("Опубликовано17 марта 2024")) == "2024-03-17"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("發布日期：113年5月20日", "2024-05-20"),
        ("發布日期：113-05-20", "2024-05-20"),
        ("113.05.20", "2024-05-20"),
        ("公告 113/5/20", "2024-05-20"),
        ("98年5月20日", None),  # of any century or era
        ("Release 113.05.20", None),
        ("192.113.05.20", None),
        ("\uff1a113-05-20", "2024-05-20"),
    ],
)
def test_a_year_of_three_digits_is_of_the_republic_of_china(line, day):
    assert (str(moment) if (moment := parse_prose_date(line)) else None) == day


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("公開日時：2025年6月14日", "2025-06-14"),
        ("一般公開始まる 2025年6月14日", None),  # a headline in which the word occurs
        ("發布單位：水利處 發布日期：2025-06-14", "2025-06-14"),
    ],
)
def test_a_word_for_publication_within_a_han_sentence_is_no_label(line, day):
    assert (str(moment) if (moment := publication_date(line)) else None) == day
