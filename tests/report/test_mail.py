"""A published report by mail, through a mail server of the test's own."""

from __future__ import annotations

import email.policy
import io
import json
import socket
import zipfile
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from insights.problems import UsageError
from insights.report import mail
from tests.report.suites import run_stub, write_notebook
from tests.tables.firms import write

SERVER = {"INSIGHTS_SMTP": "smtp://127.0.0.1:2525", "INSIGHTS_MAIL_FROM": "reports@example.com"}
TO = ("board@example.com", "sales@example.com")
HEADLINES = ("block('h', 'headline', **{'application/vnd.insights.headlines+json': {'top_line': {'en': 'Two decisions "
             "(“pumps”).', 'pl': 'Dwie decyzje („pompy”).'}, 'decisions': [{'en': 'Train 5 sellers.', 'pl': "
             "'Przeszkolić 5 handlowców.'}]}})")


class Box:
    """What a server does with mail: keeps it, or refuses some addresses or the whole letter."""

    def __init__(self, refused=(), answer="250 OK"):
        self.refused, self.answer, self.kept = refused, answer, []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.kept.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return self.answer


@pytest.fixture
def served():
    started = []

    def start(box: Box) -> dict[str, str]:
        controller = Controller(box, hostname="127.0.0.1", port=free_port(), data_size_limit=None)
        controller.start()
        started.append(controller)
        return {**SERVER, "INSIGHTS_SMTP": f"smtp://127.0.0.1:{controller.port}"}

    yield start
    for controller in started:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("mailed")
    write_notebook(place / "n", "alignment_report", HEADLINES, "finding('alignment_report.a')")
    return run_stub(place / "n", place / "reports")


def test_the_headlines_are_the_body_and_the_pages_are_attached(served, published):
    box = Box()
    mail.send(mail.settings(TO, served(box)), published)
    [(to, letter)] = box.kept
    assert to == list(TO) and letter["From"] == "reports@example.com"
    assert "Żółw i Synowie" in letter["Subject"] and letter["Date"] and letter["Message-ID"].endswith("@example.com>")
    body = letter.get_body(("plain",)).get_content()
    assert "Two decisions (“pumps”)." in body and "1. Train 5 sellers." in body
    assert "Dwie decyzje („pompy”)." in body and "1. Przeszkolić 5 handlowców." in body
    attached = {part.get_filename(): part for part in letter.iter_attachments()}
    assert list(attached) == ["alignment_report.en.html", "alignment_report.pl.html", f"{published.name}.zip"]
    page = (published / "alignment_report.pl.html").read_text(encoding="utf-8")
    assert attached["alignment_report.pl.html"].get_content().splitlines() == page.splitlines()
    with zipfile.ZipFile(io.BytesIO(attached[f"{published.name}.zip"].get_content())) as archive:
        assert {name.split("/")[1] for name in archive.namelist()} == {p.name for p in published.glob("*.html")}


@pytest.mark.parametrize("box", [Box(refused=TO), Box(answer="552 too large"), None])
def test_a_server_that_does_not_take_it_leaves_the_report_published(served, published, box):
    environment = served(box) if box else {**SERVER, "INSIGHTS_SMTP": f"smtp://127.0.0.1:{free_port()}"}
    with pytest.raises(mail.NotMailed, match=r"the report is published, but 127\.0\.0\.1") as error:
        mail.send(mail.settings(TO, environment), published)
    assert error.value.exit_code == 76
    assert (published.parent / "latest" / "index.html").is_file()


def test_an_address_that_is_refused_is_named_and_the_others_are_served(served, published):
    box = Box(refused=TO[:1])
    with pytest.raises(mail.NotMailed, match=r"refused 1 of 2 addresses: board@example\.com"):
        mail.send(mail.settings(TO, served(box)), published)
    assert [to for to, _letter in box.kept] == [list(TO[1:])]


def test_a_password_never_goes_over_a_connection_that_is_not_encrypted(served, published):
    box = Box()
    secrets = {"INSIGHTS_SMTP_USER": "reports", "INSIGHTS_SMTP_PASSWORD": "correct horse"}
    with pytest.raises(mail.NotMailed, match="offers no encryption, so the password was not sent") as error:
        mail.send(mail.settings(TO, {**served(box), **secrets}), published)
    assert not box.kept and "correct horse" not in str(error.value)
    assert "correct horse" not in repr(mail.settings(TO, {**SERVER, **secrets}))


@pytest.mark.parametrize(("environment", "to", "said"), [
    ({}, TO, "--email needs a mail server: set INSIGHTS_SMTP"),
    ({"INSIGHTS_SMTP": "mail.example.com"}, TO, "write smtp://host:587"),
    ({"INSIGHTS_SMTP": "smtp://host:port"}, TO, "write smtp://host:587"),
    ({"INSIGHTS_SMTP": "smtp://me:secret@host"}, TO, "put them into INSIGHTS_SMTP_USER"),
    ({"INSIGHTS_SMTP": "smtp://host"}, TO, "set INSIGHTS_MAIL_FROM"),
    (SERVER, ("board",), "'board' is no mail address"),
    (SERVER, ("a@b.pl\nBcc: c@d.pl",), "is no mail address"),
])
def test_what_is_missing_is_said_before_a_run_starts(environment, to, said):
    with pytest.raises(UsageError, match=said.replace("(", r"\(")) as error:
        mail.settings(to, environment)
    assert "secret" not in str(error.value)


def test_nothing_is_mailed_unless_it_is_asked_for_and_no_address_is_kept(published):
    assert mail.settings((), {}) is None
    record = json.loads((published / "run.json").read_text(encoding="utf-8"))
    assert set(record["parameters"]) == {"data", "mapping", "strategy", "as_of", "period"}
    assert mail.settings(("a@b.pl", "a@b.pl"), {**SERVER, "INSIGHTS_SMTP": "smtps://host"}).port == 465


def test_the_command_ends_at_once_where_no_server_is_named_and_with_its_own_code_where_none_answers(
        tmp_path, monkeypatch, capsys):
    from insights.cli import main

    write_notebook(tmp_path / "n", "topic", "import insights", "firm = insights.open(data=data)",
                   finish="insights.finish(firm)")
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", {
        "companies": [{"company_id": "c", "name": "C"}], "orders": [{
            "order_id": "o", "company_id": "c", "ordered_at": "2026-01-05", "revenue": "100", "currency": "EUR"}]})
    asked = ["run", "--quiet", "--data", str(tmp_path / "data"), "--notebooks", str(tmp_path / "n"),
             "--reports", str(tmp_path / "reports"), "--email", "board@example.com"]
    monkeypatch.delenv("INSIGHTS_SMTP", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(asked)
    assert ended.value.code == 64 and not (tmp_path / "reports").exists()
    for name, value in {**SERVER, "INSIGHTS_SMTP": f"smtp://127.0.0.1:{free_port()}"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main(asked)
    told = capsys.readouterr()
    assert ended.value.code == 76 and "the report is published, but" in told.err and "Report: " in told.out
    assert (tmp_path / "reports" / "latest" / "index.html").is_file()
    assert b"board@example.com" not in b"".join(p.read_bytes() for p in (tmp_path / "reports").rglob("*.json"))
