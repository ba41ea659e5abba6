"""`import pressmark`: pages and texts here, an installation through its client, and one error."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import typing
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import pressmark
from tests.unit.operations.stored import store
from worker.bootstrap import Services
from worker.config import Settings
from worker.demo.server import press_site
from worker.messages import Article
from worker.operations import installation

SENTENCES = (
    "The two governments opened the first joint customs post on Monday, and lorries crossed within an hour.",
    "Exporters of rice and cassava said that the new post would save them two days on every shipment.",
    "The minister of commerce told reporters that duties on farm goods would fall again in the new year.",
)
HTML = f"<html><head><meta charset=latin-1></head><body><article><h1>Customs post opens é</h1>{''.join(f'<p>{s}</p>' for s in SENTENCES)}"
HEAVY = ("lxml", "numpy", "sklearn", "sqlalchemy", "pydantic", "redis", "requests", "celery", "rich", "click")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PRESSMARK_HOST_INTERVAL", "0")


@pytest.fixture
def client() -> Iterator[pressmark.Client]:
    with pressmark.Client() as made:
        yield made


def test_nothing_heavy_is_imported_until_it_is_used() -> None:
    code = "import sys, pressmark; print(sorted({name.partition('.')[0] for name in sys.modules} & set(sys.argv[1:])))"
    done = subprocess.run([sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_public_name_is_there_and_an_unknown_one_is_not() -> None:
    assert {name for name in pressmark.__all__ if getattr(pressmark, name, None) is not None} == set(pressmark.__all__)
    assert set(pressmark.__all__) <= set(dir(pressmark))
    assert not hasattr(pressmark, "scrape")


@pytest.mark.parametrize("package", ["pressmark", "worker", "classifier"])
def test_the_packages_say_that_they_are_typed(package: str) -> None:
    assert files(package).joinpath("py.typed").is_file()


@pytest.mark.parametrize("source", [HTML, HTML.replace("latin-1", "utf-8").encode()], ids=["decoded", "bytes"])
def test_a_page_becomes_an_article(source: str | bytes) -> None:
    article = pressmark.extract(source, url="https://ledger.example/2024/03/22/a")
    assert isinstance(article, Article)
    assert (article.title, article.url) == ("Customs post opens é", "https://ledger.example/2024/03/22/a")
    assert article.text.split("\n\n") == list(SENTENCES)


def test_plain_text_becomes_an_article_too() -> None:
    article = pressmark.extract("\n\n".join(["Customs post opens", *SENTENCES]))
    assert SENTENCES[1] in article.text
    assert article.url is None


def test_an_article_is_frozen_and_its_dict_is_json() -> None:
    article = pressmark.extract(HTML)
    with pytest.raises(dataclasses.FrozenInstanceError):
        article.title = "x"  # type: ignore[misc]
    assert json.loads(json.dumps(article.to_dict())) == article.to_dict()
    assert list(article.to_dict()) == [field.name for field in dataclasses.fields(article)]


@pytest.mark.parametrize(("source", "reason"), [(b"", "no-text"), ("<html></html>", "no-text"), (b"%PDF-1.7 ...", "not-html")])
def test_a_page_without_an_article_raises_with_the_reason(source: str | bytes, reason: str) -> None:
    with pytest.raises(pressmark.PressmarkError) as raised:
        pressmark.extract(source)
    assert raised.value.reason == reason
    assert str(raised.value)


def test_what_is_neither_text_nor_bytes_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="expected str or bytes, got int"):
        pressmark.extract(typing.cast(str, 7))
    with pytest.raises(TypeError, match="expected str, got bytes"):
        pressmark.label(typing.cast(str, b"text"))


def test_a_text_gets_labels() -> None:
    labels = pressmark.label(" ".join(SENTENCES), title="Customs post opens")
    assert labels.primary_topic == "trade"
    assert [topic.label for topic in labels.topics] == ["border_dispute", "trade", "demining", "culture"]
    assert json.loads(json.dumps(labels.to_dict())) == labels.to_dict()


def test_a_text_without_a_word_raises() -> None:
    with pytest.raises(pressmark.PressmarkError) as raised:
        pressmark.label(" … ")
    assert raised.value.reason == "no-text"


def test_a_page_is_read_from_the_network_and_a_failure_tells_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    with press_site() as site:
        base = f"http://press.example:{site.port}"
        monkeypatch.setenv("PRESSMARK_RESOLVE", "press.example=127.0.0.1")
        monkeypatch.setenv("PRESSMARK_ALLOW_PRIVATE", f"127.0.0.1:{site.port}")
        result = pressmark.read(f"{base}/2025/05/06/pepper-growers-find-a-door-in-brussels/")
        with pytest.raises(pressmark.PressmarkError) as missing:
            pressmark.read(f"{base}/no-such-page")
        assert site.asked["press.example", "/robots.txt"] == 1  # kept from call to call
    assert (result.outcome, result.primary_topic, result.item_id) == ("stored", "trade", None)
    assert missing.value.reason == "http-404"
    assert missing.value.result is not None
    assert missing.value.result.http is not None
    assert missing.value.result.http.status == 404


def test_a_private_address_is_refused() -> None:
    with pytest.raises(pressmark.PressmarkError) as raised:
        pressmark.read("http://127.0.0.1/")
    assert raised.value.reason == "private-address"


def test_urls_are_accepted_and_counted(client: pressmark.Client) -> None:
    answers = client.enqueue(["https://example.org/a", "https://EXAMPLE.org/a?utm_source=x", "nowhere"], job="monday")
    assert [(answer.state, answer.reason) for answer in answers] == [("accepted", None), ("known", "known"), ("refused", "bad-url")]
    assert client.enqueue("https://example.org/b", dry_run=True)[0].state == "accepted"
    report = client.queues()
    assert (report.ledger.accepted, report.ledger.waiting, report.balanced) == (1, 1, True)
    assert json.loads(json.dumps(report.to_dict())) == report.to_dict()


def test_stored_articles_are_read_and_searched(tmp_path: Path, client: pressmark.Client) -> None:
    services = Services(Settings(data_dir=tmp_path / "data"))
    installation.prepare(services)
    ids = store(services, 3)
    services.close()
    assert [result.item_id for result in client.results()] == ids
    assert [result.item_id for result in client.search(f"Story {ids[1]}.")] == [ids[1]]
    assert client.search("no such words") == []
    assert len(client.search(limit=2)) == 2


def test_settings_come_by_name_by_file_or_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'data_dir = "{tmp_path / "other"}"\nallow_ports = [80, 8080]\n', encoding="utf-8")
    named = pressmark.Client({"PRESSMARK_HOST_INTERVAL": 3, "allow_ports": [80, 8080], "refuse_opt_outs": True})
    assert (named.settings.host_interval, named.settings.refuse_opt_outs) == (3.0, True)
    assert named.settings.data_dir == tmp_path / "data"
    assert named.settings.allow_ports == frozenset({80, 8080})
    assert pressmark.Client({"host_interval": None}).settings.host_interval == 2.0
    assert pressmark.Client(Settings(data_dir=tmp_path)).settings.data_dir == tmp_path
    # The environment wins over a file, as for commands
    assert pressmark.Client(file).settings.data_dir == tmp_path / "data"
    assert pressmark.Client(str(file)).settings.allow_ports == frozenset({80, 8080})


@pytest.mark.parametrize("settings", [{"data": "x"}, {"host_interval": "soon"}, "no such file.toml"])
def test_wrong_settings_raise(settings: dict[str, object] | str) -> None:
    with pytest.raises(pressmark.PressmarkError) as raised:
        pressmark.Client(settings)
    assert raised.value.reason == "usage"


def test_a_database_that_is_away_raises_unavailable() -> None:
    with pressmark.Client({"database_url": "postgresql+psycopg://nobody@127.0.0.1:1/none"}) as away:
        with pytest.raises(pressmark.PressmarkError) as raised:
            away.queues()
        assert raised.value.reason == "unavailable"
        with pytest.raises(pressmark.PressmarkError):
            list(away.results())


def test_a_script_without_a_guard_for_its_main_module_reads_pages(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"import pressmark\nprint('begun')\nprint(pressmark.extract({HTML!r}).title)\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(Path(__file__).parents[3])}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "begun\nCustoms post opens é\n"
