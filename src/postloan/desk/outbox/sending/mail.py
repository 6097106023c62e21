"""The mail door: a mail server that takes e-mail by SMTP."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from postloan.desk.core.encrypted import check_encrypted
from postloan.desk.outbox.sending.doors import Answer, Sendable
from postloan.errors import SettingWrong

_WAITS_SECONDS = 20
_FOR_EVER = 500
"""From this reply code on a server says that it never will."""


@dataclass(frozen=True)
class MailServer:
    """A mail server: how it is reached, and as whom. Without a user nobody logs in."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


def mail_server(url: str) -> MailServer:
    """Read a server's address: smtp://host:25, smtp+starttls://user:password@host:587, smtps://host:465.

    Raises SettingWrong, also where a password would go over the wire in the clear.
    """
    told = urlsplit(url)
    ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    if told.scheme not in ports or not told.hostname:
        raise SettingWrong(
            message=_("邮件服务器地址不对。"),
            hint="POSTLOAN_OUTBOX_SMTP_URL=smtp+starttls://user:password@mail.example.com:587",
            where={"setting": "POSTLOAN_OUTBOX_SMTP_URL", "scheme": told.scheme},
        )
    if told.password:
        check_encrypted("POSTLOAN_OUTBOX_SMTP_URL", url, ("smtp+starttls", "smtps"), ("smtp",))
    return MailServer(
        told.hostname, told.port or ports[told.scheme], told.scheme, unquote(told.username or ""),
        unquote(told.password or ""),
    )  # fmt: skip


class MailDoor:
    """Mail by SMTP. What was given and not answered may have been sent: no server promises to send it once."""

    name = "smtp"
    is_repeatable = False

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server, self._sender = server, sender

    def send(self, message: Sendable) -> Answer:
        """Send a message."""
        try:
            link = self._linked()
        except (OSError, smtplib.SMTPException) as fault:
            return Answer("shut", why=type(fault).__name__)
        ref = f"<{message.id}@{self._sender.rpartition('@')[2] or 'postloan'}>"
        try:
            link.send_message(_mail(message, self._sender, ref))
        except smtplib.SMTPRecipientsRefused as fault:
            [(code, _why)] = fault.recipients.values()
            return Answer("refused" if code >= _FOR_EVER else "shut", why=f"SMTP {code}")
        except smtplib.SMTPResponseException as fault:
            return Answer("refused" if fault.smtp_code >= _FOR_EVER else "shut", why=f"SMTP {fault.smtp_code}")
        except (smtplib.SMTPNotSupportedError, ValueError) as fault:
            return Answer("refused", why=type(fault).__name__)
        except (OSError, smtplib.SMTPException) as fault:
            return Answer("unsure", ref, type(fault).__name__)
        finally:
            # Its answer counts, not its farewell.
            with suppress(OSError, smtplib.SMTPException):
                link.quit()
        return Answer("sent", ref)

    def _linked(self) -> smtplib.SMTP:
        server = self._server
        # Without a context of its own smtplib believes whatever certificate it is shown.
        known = ssl.create_default_context()
        link: smtplib.SMTP
        if server.security == "smtps":
            link = smtplib.SMTP_SSL(server.host, server.port, timeout=_WAITS_SECONDS, context=known)
        else:
            link = smtplib.SMTP(server.host, server.port, timeout=_WAITS_SECONDS)
        if server.security == "smtp+starttls":
            link.starttls(context=known)
        if server.user:
            link.login(server.user, server.password)
        return link


def _mail(message: Sendable, sender: str, ref: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, message.to, message.title
    mail["Message-ID"], mail["Date"] = ref, timezone.now()
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    return mail
