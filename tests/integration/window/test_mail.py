"""Digests by mail, handed to a real server on loopback: with TLS and a password, together, again until it takes them."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from tests.integration.parts.samples import LABELS, entry, extracted
from tests.integration.parts.steps import keep
from tests.integration.window.conftest import Desk
from worker.cli import main as program
from worker.config import Settings, load
from worker.errors import UsageError
from worker.messages import Labelled
from worker.operations.problems import Problem
from worker.operations.sharing import mail, webhooks
from worker.operations.sharing.watch import Watch
from worker.processes import dispatcher
from worker.storage.ledger import Ledger

USER, PASSWORD = "desk", "a:strange/pass@word"
EVERY = 3600.0


@dataclass
class MailServer:
    """Speaks as much SMTP as a client needs (RFC 5321, 3207, 4954)."""

    tls: ssl.SSLContext
    at_once: bool = False
    port: int = 0
    refusals: list[str] = field(default_factory=list)
    """Answers to DATA, taken one by one; 250 where there is none."""
    took: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure, to = self.at_once, []
        say = lambda line: writer.write(line.encode() + b"\r\n")  # noqa: E731
        say("220 loopback ESMTP")
        while line := (await reader.readline()).decode().strip():
            verb = line.upper()
            if verb.startswith("EHLO"):
                say("250-loopback\r\n250-AUTH PLAIN" if secure else "250-loopback\r\n250-STARTTLS")
                say("250 8BITMIME")
            elif verb == "STARTTLS":
                say("220 go on")
                await writer.start_tls(self.tls)
                secure = True
            elif verb.startswith("AUTH PLAIN"):
                _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
                self.logins.append((user, password))
                say("235 welcome" if password == PASSWORD else "535 who are you")
            elif verb.startswith("RCPT"):
                to.append(line.partition(":")[2].strip("<>"))
                say("250 ok")
            elif verb == "DATA":
                say("354 go on")
                body = (await reader.readuntil(b"\r\n.\r\n"))[:-5].replace(b"\r\n..", b"\r\n.")
                answer = self.refusals.pop(0) if self.refusals else "250 taken"
                if answer.startswith("250"):
                    self.encrypted.append(secure)
                    self.took.append((list(to), email.message_from_bytes(body, policy=email.policy.default)))  # type: ignore[arg-type]
                say(answer)
            else:
                say("221 bye" if verb == "QUIT" else "250 ok")
            await writer.drain()
        writer.close()


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MailServer]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    made, loop, stop = MailServer(context, at_once=getattr(request, "param", "smtp+starttls") == "smtps"), asyncio.new_event_loop(), []
    ready = threading.Event()

    async def run() -> None:
        listening = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context if made.at_once else None)
        made.port = listening.sockets[0].getsockname()[1]
        stop.append(asyncio.Event())
        ready.set()
        await stop[0].wait()
        listening.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait()
    yield made
    loop.call_soon_threadsafe(stop[0].set)
    thread.join()
    loop.close()


def url(server: MailServer, scheme: str = "smtp+starttls", said: str = PASSWORD) -> str:
    return f"{scheme}://{USER}:{quote(said, safe='')}@localhost:{server.port}"


@pytest.fixture
def mailed(desk: Desk, server: MailServer, tmp_path: Path) -> Desk:
    """The desk with a digest each hour, of alerts and articles."""
    settings = replace(
        desk.services.settings,
        mail_url=url(server),
        mail_from=("pressmark@desk.example",),
        mail_to=("ann@desk.example", "ben@desk.example"),
        mail_events=("articles", "problems"),
        mail_every=EVERY,
        ca_file=tmp_path / "ca.pem",
    )
    desk.services.settings = settings
    desk.ledger = Ledger(desk.services.engine, settings, now=desk.clock, chance=lambda: 0.5)
    return desk


def store(desk: Desk, count: int, title: str = "A title") -> None:
    desk.accept(range(count))
    while requests := desk.leased():
        for request in requests:
            found = extracted(request)
            keep(desk.ledger, Labelled(replace(found, article=replace(found.article, title=title)), LABELS, label_ms=1))
        desk.clock.at += 3
    desk.ledger.published([number for number, _ in desk.ledger.unpublished(1000)])


def sender(desk: Desk) -> mail.MailSender:
    return mail.MailSender(desk.services, lambda tries: 30.0 * 2**tries, webhooks.GIVE_UP, now=desk.clock)


def hour_over(desk: Desk) -> None:
    desk.clock.at = (desk.clock.at // EVERY + 1) * EVERY


def test_all_of_an_hour_come_as_one_mail_encrypted_and_with_the_password(mailed: Desk, server: MailServer) -> None:
    hour_over(mailed)
    store(mailed, 3)
    watch = Watch(mailed.services, mailed.clock)
    for _ in range(2):
        watch.look([Problem("needs", "source-failing", "1 followed source cannot be read: Daily.", None, 1, None, None)])
    assert sender(mailed).round() == 0, "the hour is not over"
    hour_over(mailed)
    assert sender(mailed).round() == 4
    assert sender(mailed).round() == 0
    [(to, message)] = server.took
    assert (to, server.encrypted, server.logins) == (["ann@desk.example", "ben@desk.example"], [True], [(USER, PASSWORD)])
    assert message["Subject"] == "Pressmark: 1 problem, 3 articles"
    text = message.get_content().replace("\r\n", "\n")
    assert text.startswith("Began: 1 followed source cannot be read: Daily.\n")
    assert text.count("A title\n") == 3
    assert entry(0).url in text
    assert webhooks.waiting(mailed.services, 10) == []


@pytest.mark.parametrize("server", ["smtps"], indirect=True)
def test_a_server_with_tls_at_once_is_spoken_to(mailed: Desk, server: MailServer) -> None:
    mailed.services.settings = replace(mailed.services.settings, mail_url=url(server, "smtps"))
    store(mailed, 1)
    hour_over(mailed)
    assert sender(mailed).round() == 1
    assert server.encrypted == [True]


def test_a_title_that_would_be_a_header_is_a_line_of_the_text(mailed: Desk, server: MailServer) -> None:
    store(mailed, 1, "News\r\nBcc: victim@other.example\r\n\r\n.\r\nMAIL FROM:<x@x.example>")
    hour_over(mailed)
    assert sender(mailed).round() == 1
    [(to, message)] = server.took
    assert to == ["ann@desk.example", "ben@desk.example"]
    assert set(message.keys()) == {
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding", "MIME-Version")
    }
    assert "News  Bcc: victim@other.example" in message.get_content()


def test_what_the_server_refuses_is_sent_again_as_the_same_message(mailed: Desk, server: MailServer) -> None:
    store(mailed, 2)
    hour_over(mailed)
    server.refusals = ["451 come back later", "554 no"]
    for wait in (30.0, 60.0):
        assert sender(mailed).round() == 0
        waiting = webhooks.waiting(mailed.services, 10, "mail")
        assert len(waiting) == 2
        assert waiting[0].said is not None
        assert sender(mailed).round() == 0
        mailed.clock.at += wait
    assert sender(mailed).round() == 2
    assert len(server.took) == 1


def test_a_server_that_is_away_or_not_who_it_says_gets_no_password(mailed: Desk, server: MailServer, tmp_path: Path) -> None:
    store(mailed, 1)
    hour_over(mailed)
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    mailed.services.settings = replace(mailed.services.settings, ca_file=tmp_path / "other.pem")
    assert sender(mailed).round() == 0
    assert "certificate" in (webhooks.waiting(mailed.services, 10)[0].said or "").lower()
    mailed.services.settings = replace(mailed.services.settings, mail_url="smtps://u:p@127.0.0.1:1")
    mailed.clock.at += 100
    assert sender(mailed).round() == 0
    assert (server.logins, server.took) == ([], [])
    [waits] = webhooks.waiting(mailed.services, 10)
    assert waits.tries == 2


def test_an_article_that_was_taken_down_is_not_mailed(mailed: Desk, server: MailServer) -> None:
    store(mailed, 1)
    mailed.ledger.forget(key=entry(0).key)
    hour_over(mailed)
    assert sender(mailed).round() == 0
    assert server.took == []


def test_the_command_tries_it_and_shows_no_password(
    mailed: Desk, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"MAIL_URL": url(server), "MAIL_FROM": "a@desk.example", "MAIL_TO": "b@desk.example", "CA_FILE": str(tmp_path / "ca.pem")}
    for name, value in given.items():
        monkeypatch.setenv(f"PRESSMARK_{name}", value)
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(tmp_path))
    assert program.run(["webhooks", "test", "--to", "mail", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["said"] == "taken by the server"
    assert [message["Subject"] for _, message in server.took] == ["Pressmark: a test"]
    assert program.run(["config"]) == 0
    assert "strange" not in capsys.readouterr().out
    monkeypatch.setenv("PRESSMARK_MAIL_URL", url(server, said="wrong"))
    assert program.run(["webhooks", "test", "--to", "mail"]) == 1
    assert "not delivered: SMTPAuthenticationError" in capsys.readouterr().err
    monkeypatch.delenv("PRESSMARK_MAIL_TO")
    assert program.run(["webhooks", "test"]) == 2
    assert "PRESSMARK_MAIL_TO: expected an address" in capsys.readouterr().err


def test_mail_without_addresses_does_not_start() -> None:
    with pytest.raises(UsageError, match="PRESSMARK_MAIL_FROM"), dispatcher._webhook(Settings(mail_url="smtp://localhost")):
        pass


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("MAIL_URL", "smtp://user:secret@mail.example"),
        ("MAIL_URL", "https://mail.example"),
        ("MAIL_URL", "smtps://"),
        ("MAIL_URL", "smtps://mail.example/path"),
        ("MAIL_TO", "ann@desk.example\nBcc: x@x.example"),
        ("MAIL_TO", "Ann <ann@desk.example>"),
        ("MAIL_TO", "ann"),
        ("MAIL_FROM", "a@b@c"),
        ("MAIL_EVERY", "1"),
        ("MAIL_EVENTS", "everything"),
    ],
)
def test_a_setting_of_mail_that_means_nothing_is_refused_in_a_line(name: str, given: str) -> None:
    with pytest.raises(UsageError, match=f"^PRESSMARK_{name}: expected ") as raised:
        load({f"PRESSMARK_{name}": given})
    assert "secret@" not in str(raised.value)
    assert "\n" not in str(raised.value)
