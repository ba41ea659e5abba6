from __future__ import annotations

import random

import pytest

from worker.errors import ItemFailed
from worker.extract.page.encoding import decode
from worker.reasons import Reason

KHMER = "រាជធានីភ្នំពេញ៖ ព័ត៌មានថ្មី"
THAI = "กระทรวงการต่างประเทศแถลงข่าวที่กรุงเทพมหานครวันนี้"


def page(text: str, meta: str = "") -> str:
    return f"<html><head>{meta}</head><body><p>{text}</p></body></html>"


def test_khmer_in_utf8_that_is_declared_latin_1_is_read_as_utf8():
    # Given a page whose header and meta tag both lie
    body = page(KHMER, '<meta charset="iso-8859-1">').encode()
    # When it is decoded
    text, warnings = decode(body, "text/html; charset=ISO-8859-1")
    # Then the letters are right, and nothing is known to be wrong
    assert KHMER in text
    assert warnings == []


@pytest.mark.parametrize("label", ["windows-874", "TIS-620", "iso-8859-11"])
def test_thai_in_windows_874_is_read_by_any_of_its_names(label):
    text, _ = decode(page(THAI).encode("cp874"), f"text/html; charset={label}")
    assert THAI in text


def test_thai_without_a_label_is_recognised_by_its_bytes():
    text, warnings = decode(page(THAI * 5).encode("cp874"), "text/html")
    assert THAI in text
    assert warnings == ["guessed_encoding"]


@pytest.mark.parametrize(
    ("codec", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b""), ("utf-16-be", b"")]
)
def test_utf_16_is_read_with_and_without_its_mark(codec, mark):
    text, _ = decode(mark + page(KHMER, " " * 200).encode(codec), "text/html")
    assert KHMER in text


def test_the_byte_order_mark_outweighs_the_header_and_the_header_the_page():
    assert "é" in decode(b"\xef\xbb\xbf" + page("é").encode(), "text/html; charset=windows-1251")[0]
    assert "и" in decode(page("и", '<meta charset="koi8-r">').encode("cp1251"), "text/html; charset=windows-1251")[0]
    assert "и" in decode(page("и", '<meta charset="koi8-r">').encode("koi8-r"), "text/html")[0]


def test_quotation_marks_of_a_word_processor_do_not_make_a_page_windows_1252():
    # Given a page in UTF-8 with one accent, into which marks of windows-1252 were pasted
    body = page("Café by the river, filed ", '<meta charset="utf-8">').encode() + b"\x93a day\x94 ahead \x96 at once."
    # When it is decoded
    text, _ = decode(body, None)
    # Then both are right
    assert "Café by the river" in text
    assert "filed </p></body></html>“a day” ahead – at once." in text


def test_utf_7_is_never_read_as_such():
    text, _ = decode(page("+ADw-script+AD4-").encode(), "text/html; charset=utf-7")
    assert "+ADw-script+AD4-" in text


def test_characters_that_databases_refuse_are_removed():
    text, _ = decode(b"<p>a\x00b\x08c \xed\xa0\x80 d\x92e</p>", "text/html")
    assert "\x00" not in text
    assert "\x08" not in text
    assert text.encode("utf-8")  # no lone surrogate is left


@pytest.mark.parametrize(
    ("body", "kind"), [(b"%PDF-1.7 ...", "text/html"), (b"<p>text</p>", "image/png"), (b"\x89PNG\r\n", None), (b"{}", "application/json")]
)
def test_what_is_not_a_page_is_refused_by_its_label_or_its_first_bytes(body, kind):
    with pytest.raises(ItemFailed) as failed:
        decode(body, kind)
    assert failed.value.reason is Reason.NOT_HTML


def test_a_binary_file_without_known_first_bytes_is_refused():
    body = random.Random(1).randbytes(1000)
    for kind in ("text/html", "text/html; charset=iso-8859-1", "text/plain"):
        with pytest.raises(ItemFailed, match="got a binary file"):
            decode(body, kind)
    assert decode("caf\xe9 ".encode("latin-1") * 300 + b"\x0b" * 5, "text/html; charset=iso-8859-1")[0].startswith("caf\xe9 caf\xe9")


def test_bytes_that_no_encoding_reads_are_refused():
    with pytest.raises(ItemFailed) as failed:
        decode(bytes(range(128, 160)) * 200, "text/html; charset=utf-8")
    assert failed.value.reason is Reason.DECODE


@pytest.mark.parametrize("codec", ["euc_jp", "cp932", "cp949", "gb18030", "big5hkscs"])
def test_the_common_encodings_of_east_asia_are_recognised_without_a_label(codec):
    lines = {
        "cp949": "강의 나루터는 화요일에 다시 문을 열었다고 선장이 말했다. ",
        "gb18030": "河上的渡船周二重新开航，船长说修理已经完成。 ",
    }
    lines |= {"big5hkscs": "河上的渡船週二重新開航，船長說修理已經完成。 "}
    line = lines.get(codec, "川の渡し船は火曜日に修理を終えて運航を再開し、新学期の前に住民を運ぶと船長が述べた。")
    text, warnings = decode(page(line * 3).encode(codec), "text/html")
    assert line in text
    assert warnings == ["guessed_encoding"]
