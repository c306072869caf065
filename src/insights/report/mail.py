"""`insights run --email`: a published report by mail, the headlines in its body and the pages attached.

The server and the sender come from the environment and are kept nowhere: INSIGHTS_SMTP (`smtp://host:587`, or
`smtps://host:465` where the connection is encrypted from its start), INSIGHTS_MAIL_FROM, and, where the server asks for
them, INSIGHTS_SMTP_USER and INSIGHTS_SMTP_PASSWORD, which are sent over an encrypted connection only.
"""

from __future__ import annotations

import io
import json
import os
import re
import smtplib
import ssl
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import urlsplit

from insights.language import Text
from insights.problems import InsightsError, UsageError
from insights.report import guard, ledger
from insights.report.index import TITLE
from insights.report.masthead import masthead
from insights.report.publish import RECORD
from insights.report.templates import file_name

_ = Text
DOCUMENT = "alignment_report"
SECONDS = 30
LARGEST = 15 * 1024 * 1024
PORTS = {"smtp": 587, "smtps": 465}
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@[A-Za-z0-9.-]{1,250}")


class NotMailed(InsightsError):
    """The report is published, but could not be mailed."""

    exit_code = 76


@dataclass(frozen=True)
class Mail:
    """Where a report is mailed to, and through which server; made before a run starts, so that it ends at once where
    something is missing."""

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    encrypted: bool
    user: str = ""
    password: str = field(default="", repr=False)


def settings(to: Sequence[str], environment: Mapping[str, str] = os.environ) -> Mail | None:
    """How to mail to these addresses; None where there are none. UsageError for what is missing or is no address."""
    if not to:
        return None
    server = environment.get("INSIGHTS_SMTP", "").strip()
    if not server:
        raise UsageError("--email needs a mail server: set INSIGHTS_SMTP to smtp://host:587 or smtps://host:465")
    parts = urlsplit(server)
    try:
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if parts.scheme not in PORTS or not parts.hostname or not port:
        raise UsageError("INSIGHTS_SMTP is not understood: write smtp://host:587 or smtps://host:465")
    if parts.username or parts.password:
        raise UsageError("INSIGHTS_SMTP holds a user or a password: put them into INSIGHTS_SMTP_USER and "
                         "INSIGHTS_SMTP_PASSWORD")
    user = environment.get("INSIGHTS_SMTP_USER", "")
    sender = environment.get("INSIGHTS_MAIL_FROM", "") or (user if _ADDRESS.fullmatch(user) else "")
    if not sender:
        raise UsageError("--email needs a sender: set INSIGHTS_MAIL_FROM to the address that reports come from")
    for address in (*to, sender):
        if not _ADDRESS.fullmatch(address):
            raise UsageError(f"{address[:80]!r} is no mail address: write name@example.com")
    return Mail(tuple(dict.fromkeys(to)), sender, parts.hostname, port, parts.scheme == "smtps", user,
                environment.get("INSIGHTS_SMTP_PASSWORD", ""))


def send(mail: Mail, published: Path) -> None:
    """Mail a published report; NotMailed, which takes nothing back, where the server does not take it."""
    try:
        letter = message(mail, published)
        with _connected(mail) as server:
            if mail.user:
                server.login(mail.user, mail.password)
            refused = server.send_message(letter)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # The address book and the password are nobody's business who reads the log.
        said = guard.redacted(_reason(error), {"INSIGHTS_SMTP_PASSWORD": mail.password} if mail.password else {})
        raise NotMailed(f"the report is published, but {mail.host}:{mail.port} did not take it as mail ({said})") \
            from None
    if refused:
        raise NotMailed(f"the report is published, but {mail.host}:{mail.port} refused {len(refused)} of "
                        f"{len(mail.to)} addresses: {', '.join(sorted(refused))}")


def message(mail: Mail, published: Path) -> EmailMessage:
    """The letter: the headlines in every language of the report, its document attached in each, and all pages as a zip,
    in which they lead to each other."""
    record = json.loads((published / RECORD).read_text(encoding="utf-8"))
    languages = tuple(record["languages"])
    letter = EmailMessage()
    letter["Subject"] = " · ".join([TITLE.render(languages[0]), *masthead(record, languages[0])])
    letter["From"], letter["To"] = mail.sender, ", ".join(mail.to)
    letter["Date"], letter["Message-ID"] = format_datetime(ledger.now()), make_msgid(domain=mail.sender.split("@")[1])
    pages = _zipped(published)
    letter.set_content("\n\n".join(_body(record, language, pages is not None) for language in languages))
    for language in languages:
        page = next((p for p in (published / file_name(name, language, languages) for name in (DOCUMENT, "index"))
                     if p.is_file()), None)
        if page is not None:
            letter.add_attachment(page.read_text(encoding="utf-8"), subtype="html", filename=page.name)
    if pages is not None:
        letter.add_attachment(pages, maintype="application", subtype="zip", filename=f"{published.name}.zip")
    return letter


def _body(record: Mapping, language: str, zipped: bool) -> str:
    """The headlines as plain text."""
    headlines = record.get("headlines") or {}
    lines = [" · ".join(masthead(record, language)), ""]
    if headlines.get("top_line"):
        lines += [headlines["top_line"][language], ""]
    for number, said in enumerate(headlines.get("decisions") or (), 1):
        lines += [f"{number}. {said[language]}", ""]
    lines.append((_("The document is attached; the zip holds all pages. Open index.html in it.") if zipped else
                  _("The document is attached; the other pages are too large for a mail."))
                 .render(language))
    return "\n".join(lines)


def _zipped(published: Path) -> bytes | None:
    """All pages of the report in one folder; None where they are too large for a mail."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in sorted(published.rglob("*.html")):
            archive.write(page, f"{published.name}/{page.relative_to(published).as_posix()}")
    return held.getvalue() if held.tell() <= LARGEST else None


def _connected(mail: Mail) -> smtplib.SMTP:
    """A connection, encrypted where the server offers it, and always where a password goes over it."""
    trusted = ssl.create_default_context()
    if mail.encrypted:
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=SECONDS, context=trusted)
    server = smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=trusted)
        server.ehlo()
    elif mail.user:
        server.close()
        raise smtplib.SMTPException("it offers no encryption, so the password was not sent: use smtps://")
    return server


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        told = error.smtp_error
        return f"{error.smtp_code} {told.decode(errors='replace') if isinstance(told, bytes) else told}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "it refused all addresses"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
