"""`extract`, `label` and `try`: one page or thousands, here and now, without broker or database."""

import gzip
import json
import subprocess

import pytest

from tests.acceptance.conftest import Home

ARTICLE = [
    *("url", "canonical_url", "title", "text", "authors", "published_at", "published_on", "published_source", "modified_at", "language"),
    *("site_name", "description", "image", "extractor", "warnings"),
]
LABELS = ["topics", "primary_topic", "source_type", "evidence", "language_supported", "unknown_words", "model"]
SENTENCES = (
    "The two governments opened the first joint customs post on Monday, and lorries crossed within an hour.",
    "Exporters of rice and cassava said that the new post would save them two days on every shipment.",
    "The minister of commerce told reporters that duties on farm goods would fall again in the new year.",
)
PAGE = (
    "<html><head><title>Customs post opens | Kampot Ledger</title><meta property='og:site_name' content='Kampot Ledger'>"
    "<meta property='article:published_time' content='2024-03-22T09:00:00+07:00'></head><body><nav>Home » News</nav><article>"
    "<h1>Customs post opens</h1>" + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES) + "</article></body></html>"
)


def test_a_page_becomes_an_article_in_the_contracts_shape(home: Home) -> None:
    (home.folder / "page.html").write_text(PAGE, encoding="utf-8")
    done = home.call("extract", "page.html", "--url", "https://ledger.example/2024/customs")
    article = done.lines[0]
    assert done.code == 0
    assert list(article) == ARTICLE
    assert article["title"] == "Customs post opens"
    assert article["text"].split("\n\n") == list(SENTENCES)
    assert (article["published_at"], article["published_source"]) == ("2024-03-22T02:00:00Z", "meta")
    assert article["url"] == "https://ledger.example/2024/customs"
    assert set(article["extractor"]) == {"name", "version"}


def test_standard_input_and_packed_files_are_pages_too(home: Home) -> None:
    (home.folder / "page.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    piped = home.call("extract", stdin=PAGE.encode()).lines
    dashed = home.call("extract", "-", stdin=PAGE.encode()).lines
    packed = home.call("extract", "page.html.gz", "--json").lines
    assert piped == dashed == packed
    assert piped[0]["url"] is None


def test_several_files_give_a_line_each_and_one_that_holds_nothing_is_told(home: Home) -> None:
    (home.folder / "a.html").write_text(PAGE, encoding="utf-8")
    (home.folder / "b.html").write_text("<html><body></body></html>", encoding="utf-8")
    done = home.call("extract", "a.html", "b.html", "a.html")
    assert (done.code, len(done.lines), len(done.told)) == (1, 2, 1)
    assert "b.html" in done.err
    assert "no-text" in done.err


@pytest.mark.parametrize("command", ["extract", "label", "try"])
def test_a_missing_file_is_a_wrong_call(home: Home, command: str) -> None:
    done = home.call(command, "missing.html")
    assert (done.code, done.out, len(done.told)) == (2, "", 1)
    assert "missing.html" in done.err


def test_lines_of_pages_become_lines_of_articles_in_order(home: Home) -> None:
    # Given
    (home.folder / "packed.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    mislabelled = PAGE.replace("<head>", "<head><meta charset='windows-1252'>").replace("Customs post", "ប៉ុស្តិ៍គយ")
    rows = [
        json.dumps({"id": "a", "url": "https://ledger.example/a", "html": PAGE}),
        json.dumps({"id": 2, "url": "https://ledger.example/b", "html_path": "packed.html.gz"}),
        "not json",
        json.dumps({"id": "c", "url": None, "html": "<p>"}),
        json.dumps({"id": "d", "html_path": "missing.html"}),
        json.dumps({"id": "e", "html": mislabelled}),
        json.dumps({"id": "f"}),
        json.dumps({"id": "g", "html": PAGE + "\ud800"}),
    ]
    # When
    done = home.call("extract", "--jsonl", stdin="\n".join(rows).encode())
    # Then
    assert done.code == 1
    assert [line["id"] for line in done.lines] == ["a", 2, None, "c", "d", "e", "f", "g"]
    assert [line.get("error", {}).get("reason") for line in done.lines] == [None, None, "schema", "no-text", "schema", None, "schema", None]
    assert list(done.lines[0]) == ["id", *ARTICLE]
    assert done.lines[1]["text"] == done.lines[0]["text"]
    assert done.lines[5]["title"] == "ប៉ុស្តិ៍គយ opens", "decoded text is read as it is, whatever it declares"
    assert all(set(line["error"]) == {"reason", "message"} for line in done.lines if "error" in line)
    assert any("standard input:3" in line or "-:3" in line for line in done.told)


def test_a_hostile_page_costs_its_own_line(home: Home) -> None:
    bombs = ["<div>" * 200_000, "<p " + " ".join(f"a{number}=1" for number in range(50_000)) + ">x"]
    rows = [json.dumps({"id": number, "html": html}) for number, html in enumerate([PAGE, *bombs, PAGE])]
    done = home.call("extract", "--jsonl", stdin="\n".join(rows).encode())
    assert [line["id"] for line in done.lines] == [0, 1, 2, 3]
    assert done.lines[0] == {**done.lines[3], "id": 0}
    assert "Traceback" not in done.err


def test_a_text_gets_its_labels_in_the_contracts_shape(home: Home) -> None:
    (home.folder / "text.txt").write_text("\n\n".join(SENTENCES), encoding="utf-8")
    labels = home.call("label", "text.txt").lines[0]
    assert set(labels) >= set(LABELS)
    assert [topic["label"] for topic in labels["topics"]] == ["border_dispute", "trade", "demining", "culture"]
    for topic in labels["topics"]:
        assert set(topic) >= {"label", "probability", "threshold", "decision"}
        assert topic["decision"] in ("yes", "no", "unsure")
    assert set(labels["source_type"]) >= {"label", "probabilities", "decision"}
    assert abs(sum(labels["source_type"]["probabilities"].values()) - 1) < 0.001
    text = (home.folder / "text.txt").read_text(encoding="utf-8")
    assert all(text[quote["start"] : quote["end"]] == quote["text"] for quote in labels["evidence"])
    assert {topic["label"] for topic in labels["topics"] if topic["decision"] == "yes"} <= {quote["label"] for quote in labels["evidence"]}


def test_lines_of_texts_become_lines_of_labels_in_order(home: Home) -> None:
    rows = [
        json.dumps({"id": "a", "title": "Customs post opens", "text": SENTENCES[0], "site_name": "Kampot Ledger"}),
        json.dumps({"id": "b", "text": 5}),
        json.dumps({"id": "c", "text": " \n"}),
        json.dumps({"id": "d", "text": SENTENCES[1]}),
        "[]",
    ]
    done = home.call("label", "--jsonl", "-", stdin="\n".join(rows).encode())
    assert done.code == 1
    assert [line["id"] for line in done.lines] == ["a", "b", "c", "d", None]
    assert [line.get("error", {}).get("reason") for line in done.lines] == [None, "schema", "no-text", None, "schema"]
    assert set(done.lines[0]) >= {"id", *LABELS}


def test_the_classifier_alone_gives_the_same_labels_and_the_same_errors(home: Home) -> None:
    good = {"id": "a", "title": "Customs post opens", "text": " ".join(SENTENCES)}
    broken = [
        {"id": 2, "text": ""},
        {"id": "c"},
        {"text": "x"},
        {"id": True, "text": "x"},
        {"id": "f", "text": 5},
        {"id": "g", "text": None},
    ]
    broken += [{"id": "g", "text": None}, {"id": "h", "text": "x", "url": 5}, [1], 5, None]
    rows = "\n".join([*map(json.dumps, [good, *broken]), "no JSON", json.dumps(good | {"title": "Cafe\u0301"})]).encode() + b"\n\xff\n"
    alone = subprocess.run(
        [home.command()[0], "-m", "classifier", "label", "--jsonl"], input=rows, env=home.environment, capture_output=True, check=False
    )
    ours = home.run("label", "--jsonl", stdin=rows)
    assert (alone.returncode, ours.code) == (1, 1)
    assert [json.loads(line) for line in alone.stdout.splitlines()] == ours.lines
    assert len(ours.lines) == len(broken) + 4


def test_a_text_that_is_no_utf_8_is_told_with_its_line(home: Home) -> None:
    (home.folder / "text.txt").write_bytes(b"fine\n\xa1\xd2\n")
    done = home.call("label", "text.txt")
    assert (done.code, done.told) == (2, ["pressmark: text.txt:2: expected UTF-8 text, got the byte 0xa1"])


def test_a_file_is_tried_whole(home: Home) -> None:
    (home.folder / "page.html").write_text(PAGE, encoding="utf-8")
    done = home.call("try", "page.html", "--url", "https://ledger.example/a")
    result = done.lines[0]
    assert done.code == 0
    assert set(result) >= {*ARTICLE, *LABELS, "v", "item_id", "outcome", "reason", "final_url", "http", "content_sha256", "attempts"}
    assert (result["outcome"], result["reason"], result["item_id"]) == ("stored", None, None)
    assert not (home.folder / "data").exists(), "no database is made"


@pytest.mark.parametrize(
    ("source", "code", "reason"),
    [
        ("file:///etc/passwd", 2, "scheme"),
        ("http://127.0.0.1/", 2, "private-address"),
        ("http://user:pw@pub.example/", 2, "credentials-in-url"),
        ("http://no-such-host.invalid/", 1, "dns"),
    ],
)
def test_a_page_that_cannot_be_read_is_a_result_too(home: Home, source: str, code: int, reason: str) -> None:
    done = home.call("try", source)
    assert (done.code, done.lines[0]["reason"], done.lines[0]["text"]) == (code, reason, None)
    assert len(done.told) == 1
