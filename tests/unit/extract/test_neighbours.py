"""Neighbours of the shared field cases, in styles that none of them has: titles, days, people, text and encodings in many languages."""

from __future__ import annotations

from datetime import date

import pytest

from worker.extract.pipeline import extract_text
from worker.messages import Article

TODAY = date(2026, 11, 29)
TEXT = {
    "en": "<p>The council agreed on Tuesday night to repair the old bridge over the canal before the rains begin.</p>"
    "<p>Engineers said that the work would take four months and close one lane, while buses would go on as before.</p>",
    "fr": "<p>Le conseil municipal a décidé mardi soir de réparer le vieux pont du canal avant le début des pluies.</p>"
    "<p>Les ingénieurs ont déclaré que les travaux dureraient quatre mois et que les autobus continueraient de passer.</p>",
    "es": "<p>El ayuntamiento decidió el martes por la noche reparar el viejo puente del canal antes de las lluvias.</p>"
    "<p>Los ingenieros dijeron que las obras durarán cuatro meses y que los autobuses seguirán pasando como siempre.</p>",
    "de": "<p>Der Stadtrat hat am Dienstagabend beschlossen, die alte Brücke über den Kanal noch vor dem Regen zu erneuern.</p>"
    "<p>Die Arbeiten dauern nach Angaben der Ingenieure vier Monate, die Busse fahren in dieser Zeit weiter wie bisher.</p>",
    "vi": "<p>Hội đồng thành phố tối thứ Ba đã quyết định sửa chữa cây cầu cũ bắc qua kênh trước khi mùa mưa bắt đầu.</p>"
    "<p>Các kỹ sư cho biết công việc sẽ kéo dài bốn tháng và xe buýt vẫn chạy như bình thường trong thời gian đó.</p>",
    "th": "<p>สภาเทศบาลมีมติเมื่อคืนวันอังคารให้ซ่อมแซมสะพานเก่าข้ามคลองก่อนที่ฤดูฝนจะเริ่มต้นขึ้นในเดือนหน้าเพื่อความปลอดภัยของประชาชน</p>"
    "<p>วิศวกรกล่าวว่างานนี้จะใช้เวลาสี่เดือนและปิดหนึ่งช่องทางจราจร ขณะที่รถโดยสารยังคงให้บริการตามปกติตลอดระยะเวลาก่อสร้าง</p>",
    "id": "<p>Dewan kota memutuskan pada Selasa malam untuk memperbaiki jembatan tua di atas kanal sebelum musim hujan tiba.</p>"
    "<p>Para insinyur mengatakan pekerjaan itu akan memakan waktu empat bulan, sementara bus tetap berjalan seperti biasa.</p>",
    "zh": "<p>市议会星期二晚上决定在雨季到来之前修复运河上的老桥，并要求有关部门尽快公布施工方案和交通安排，以便居民提前做好准备。</p>"
    "<p>工程师表示，工程将持续四个月，期间关闭一条车道，公共汽车照常运行，市民可以通过热线电话了解最新的施工进度和绕行路线。</p>",
    "ru": "<p>Городской совет во вторник вечером решил отремонтировать старый мост через канал до начала дождей.</p>"
    "<p>Инженеры сообщили, что работы продлятся четыре месяца, а автобусы будут ходить по прежнему расписанию.</p>",
    "km": "<p>ក្រុមប្រឹក្សាក្រុងបានសម្រេចកាលពីយប់ថ្ងៃអង្គារ ជួសជុលស្ពានចាស់ឆ្លងប្រឡាយមុនពេលរដូវវស្សាចាប់ផ្តើម ដើម្បីសុវត្ថិភាពរបស់ប្រជាពលរដ្ឋ។</p>"
    "<p>វិស្វករបាននិយាយថា ការងារនេះនឹងចំណាយពេលបួនខែ ហើយរថយន្តក្រុងនឹងបន្តដំណើរការដូចធម្មតាក្នុងអំឡុងពេលសាងសង់នេះ។</p>",
}
URL = "https://news.example/city/bridge-to-be-repaired-1842"


def made(page: str, language: str = "en", url: str = URL) -> Article:
    """The article of a page in which TEXT stands for two paragraphs of the language."""
    return extract_text(page.replace("TEXT", TEXT[language]).encode(), url, today=TODAY)


@pytest.mark.parametrize(
    ("language", "stated", "shown", "title"),
    [
        ("en", "{} ◆ The Canal Gazette", "<p class=kicker>CITY</p><p><b>{}</b></p>", "Bridge to be repaired"),
        ("fr", "Le Courrier :: {}", "<h1><a href=/>Le Courrier</a></h1><h2>{}</h2>", "Le vieux pont sera réparé"),
        ("de", "{} - Kreisblatt Online", "<h1><small>Stadtrat</small><br>{}</h1>", "Alte Brücke wird erneuert"),
        ("es", "{} &#8211; Diario del Canal", "<div class=titular>{}</div>", "El viejo puente será reparado"),
        ("vi", "Sửa cây cầu cũ bắc qua kênh | Báo Thành Phố", "<h1>{}</h1>", "SỬA CÂY CẦU CŨ BẮC QUA KÊNH"),
        ("th", "{} : ข่าวเมือง", "<h3>{}</h3>", "เทศบาลซ่อมสะพานเก่าข้ามคลอง"),
        ("zh", "{}_城市日报", "<div><strong>{}</strong></div>", "市议会决定修复运河老桥"),
        ("id", "{} - Halaman 1 - Kota Kita", "<h1>{}</h1>", "Jembatan tua di atas kanal diperbaiki"),
        ("ru", "{} — Новости города", "<h1>{}</h1>", "Старый мост отремонтируют"),
        ("km", "{} • ព័ត៌មានក្រុង", "<h2>{}</h2>", "ក្រុងជួសជុលស្ពានចាស់ឆ្លងប្រឡាយ"),
    ],
)
def test_the_headline_is_the_title(language: str, stated: str, shown: str, title: str) -> None:
    page = f"<title>{stated.format(title)}</title>{shown.format(title)}TEXT"
    assert made(page, language).title == title


@pytest.mark.parametrize(
    ("language", "page", "day"),
    [
        ("en", "<h1>Bridge to be repaired</h1><p>First published: 22 Mar 2024 | Last updated: 24 Mar 2024</p>TEXT", "2024-03-22"),
        ("en", "<h1>Bridge to be repaired</h1><p>Updated: 24 March 2024. Published: 22 March 2024</p>TEXT", "2024-03-22"),
        ("en", "<h1>Bridge to be repaired</h1><table><tr><td>Date</td><td>22/03/2024</td></tr></table>TEXT", "2024-03-22"),
        ("fr", "<h1>Le vieux pont sera réparé</h1><p>Par Jean Dupont, le 22 mars 2024 à 18 h 05</p>TEXT", "2024-03-22"),
        ("fr", "<h1>Le vieux pont sera réparé</h1><p>Mis en ligne le vendredi 22 mars 2024</p>TEXT", "2024-03-22"),
        ("fr", "<h1>Le vieux pont sera réparé</h1><p>1er mars 2024</p>TEXT", "2024-03-01"),
        ("es", "<h1>El viejo puente será reparado</h1><p>22 mar 2024 - 10:15 CET</p>TEXT", "2024-03-22"),
        ("es", "<h1>El viejo puente será reparado</h1><p>Viernes 22 de marzo del 2024</p>TEXT", "2024-03-22"),
        ("de", "<h1>Alte Brücke wird erneuert</h1><p>Stand: 22.03.2024, 18:05 Uhr</p>TEXT", "2024-03-22"),
        ("de", "<h1>Alte Brücke wird erneuert</h1><p>Veröffentlicht am Freitag, den 22. März 2024</p>TEXT", "2024-03-22"),
        ("vi", "<h1>Sửa cây cầu cũ bắc qua kênh</h1><p>Thứ Sáu, 22/03/2024 10:15</p>TEXT", "2024-03-22"),
        ("vi", "<h1>Sửa cây cầu cũ bắc qua kênh</h1><p>Cập nhật lúc 10h15, ngày 22/3/2024</p>TEXT", "2024-03-22"),
        ("th", "<h1>เทศบาลซ่อมสะพานเก่าข้ามคลอง</h1><p>22 มี.ค. 67 (10:15 น.)</p>TEXT", "2024-03-22"),
        ("th", "<h1>เทศบาลซ่อมสะพานเก่าข้ามคลอง</h1><p>เผยแพร่เมื่อ : วันศุกร์ที่ 22 มีนาคม พ.ศ. 2567</p>TEXT", "2024-03-22"),
        ("id", "<h1>Jembatan tua di atas kanal diperbaiki</h1><p>Jumat, 22 Mar 2024 10:15 WIB</p>TEXT", "2024-03-22"),
        ("zh", "<h1>市议会决定修复运河老桥</h1><p>发布时间：2024-03-22 10:15 来源：城市日报</p>TEXT", "2024-03-22"),
        ("zh", "<h1>市议会决定修复运河老桥</h1>TEXT<p>城市办公室</p><p>二〇二四年三月二十二日</p>", "2024-03-22"),
        ("ru", "<h1>Старый мост отремонтируют</h1><p>22 марта 2024, 10:15</p>TEXT", "2024-03-22"),
        ("km", "<h1>ក្រុងជួសជុលស្ពានចាស់ឆ្លងប្រឡាយ</h1><p>ថ្ងៃសុក្រ ទី២២ ខែមីនា ឆ្នាំ២០២៤</p>TEXT", "2024-03-22"),
        ("en", "<h1>Bridge to be repaired</h1>TEXT<p>The bridge was opened on 4 May 1931.</p>", None),
        ("en", "<h1>Bridge to be repaired</h1>TEXT<h3>Comments (2)</h3><p>Ann</p><p>22 March 2024</p><p>Good news.</p>", None),
        ("en", "<p>Sunday, 29 November 2026</p><h1>Bridge to be repaired</h1>TEXT", None),
    ],
)  # fmt: skip
def test_the_day_is_that_of_publication(language: str, page: str, day: str | None) -> None:
    assert made(page, language).published_on == day


@pytest.mark.parametrize(
    ("language", "page", "people"),
    [
        ("en", "<h1>Bridge to be repaired</h1><p>Words: Ann Lee | Pictures: Tom Fox</p>TEXT", ["Ann Lee"]),
        ("en", "<h1>Bridge to be repaired</h1><p>BY ANN LEE AND TOM FOX</p>TEXT", ["ANN LEE", "TOM FOX"]),
        ("fr", "<h1>Le vieux pont sera réparé</h1><p>Propos recueillis par Jean Dupont</p>TEXT", ["Jean Dupont"]),
        ("es", "<h1>El viejo puente será reparado</h1><p>Texto: Ana Pérez · Fotos: Juan Ruiz</p>TEXT", ["Ana Pérez"]),
        ("de", "<h1>Alte Brücke wird erneuert</h1><p>Von Anna Bauer und Jan Weber</p>TEXT", ["Anna Bauer", "Jan Weber"]),
        ("id", "<h1>Jembatan tua di atas kanal diperbaiki</h1><p>Penulis: Budi Santoso | Editor: Sri Wahyuni</p>TEXT", ["Budi Santoso"]),
        ("vi", "<h1>Sửa cây cầu cũ bắc qua kênh</h1>TEXT<p><b>Nguyễn Văn Bình</b></p>", ["Nguyễn Văn Bình"]),
        ("zh", "<h1>市议会决定修复运河老桥</h1><p>来源：城市日报 作者：王小明</p>TEXT", ["王小明"]),
        ("ru", "<h1>Старый мост отремонтируют</h1><p>Автор: Иван Петров</p>TEXT", ["Иван Петров"]),
        ("en", "<h1>Bridge to be repaired</h1><p>By our staff reporter</p>TEXT", []),
        ("en", "<h1>Bridge to be repaired</h1><p>Reading time: 3 minutes</p>TEXT", []),
    ],
)  # fmt: skip
def test_people_are_those_who_wrote(language: str, page: str, people: list[str]) -> None:
    assert made(page, language).authors == people


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "<p>Subscribe to our newsletter for more stories like this one.</p>"),
        ("en", "<p><a href=/x>Read also: School opens after the flood</a></p>"),
        ("fr", "<p>À lire aussi : <a href=/x>L’école rouvre après la crue</a></p>"),
        ("es", "<p>Síguenos en <a href=/w>WhatsApp</a> y <a href=/t>Telegram</a></p>"),
        ("de", "<p>Lesen Sie auch: <a href=/x>Schule öffnet nach der Flut</a></p>"),
        ("id", "<p>Baca juga: <a href=/x>Sekolah dibuka setelah banjir</a></p>"),
        ("vi", "<p>Xem thêm: <a href=/x>Trường học mở cửa sau lũ</a></p>"),
        ("en", '<p style="DISPLAY : NONE">A hidden line that no reader ever sees on this page.</p>'),
    ],
)  # fmt: skip
def test_lines_that_are_none_of_the_text_go_and_the_text_stays(language: str, line: str) -> None:
    first, second = TEXT[language].removeprefix("<p>").removesuffix("</p>").split("</p><p>")
    text = extract_text(f"<h1>Bridge</h1><p>{first}</p>{line}<p>{second}</p>".encode(), URL, today=TODAY).text
    assert text == f"{first}\n\n{second}"


@pytest.mark.parametrize("codec", ["windows-1252", "windows-1251", "windows-874", "gb18030", "big5", "utf-16", "utf-8-sig"])
def test_a_page_in_an_old_encoding_is_read_where_it_names_it(codec: str) -> None:
    language = {"windows-1252": "fr", "windows-1251": "ru", "windows-874": "th", "gb18030": "zh", "big5": "zh"}.get(codec, "km")
    words = (
        TEXT[language]
        if codec != "big5"
        else "<p>市議會星期二晚上決定在雨季到來之前修復運河上的老橋，並要求有關部門盡快公布施工方案和交通安排，以便居民提前做好準備。</p>"
        * 2
    )
    page = f'<meta http-equiv="Content-Type" content="text/html; charset={codec.removesuffix("-sig")}"><h1>x</h1>{words}'
    first = words.removeprefix("<p>").split("</p>")[0]
    assert extract_text(page.encode(codec.replace("windows-874", "cp874")), URL, today=TODAY).text.startswith(first)


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/archives/2024/03/the-bridge-is-repaired",
        "https://news.example/tag-day-raises-money-for-the-bridge.html",
        "https://news.example/index.php?id=1842",
        "https://news.example/search-for-the-lost-ferry-goes-on/",
        "https://news.example/en/?p=1842",
    ],
)
def test_an_article_is_never_refused_for_its_address(url: str) -> None:
    assert made("<h1>Bridge to be repaired</h1>TEXT", url=url).text.startswith("The council")
