"""Doors: where messages leave the bank. A folder, a mail server, a gateway for text messages."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol
from uuid import UUID

from django.conf import settings

Came = Literal["sent", "shut", "refused", "unsure"]


@dataclass(frozen=True)
class Sendable:
    """A message that the gate allowed, with the plain number or address that it goes to.

    id       the message's own: a door that was given it before sends nothing again where it can tell.
    channel  as the contact gate knows it.
    """

    id: UUID
    channel: str
    to: str
    name: str
    title: str
    text: str
    bank: str
    on: date


@dataclass(frozen=True)
class Answer:
    """What a door says.

    came  sent; shut: surely not sent, to be tried again; refused: surely not sent, and never will be; unsure: nobody
          knows.
    ref   what the door calls the message.
    """

    came: Came
    ref: str = ""
    why: str = ""


class Door(Protocol):
    """Where messages leave.

    name           what a message keeps of it.
    is_repeatable  whether a message that may have been sent can be given again and is sent once.
    """

    name: str
    is_repeatable: bool

    def send(self, message: Sendable) -> Answer:
        """Send a message."""
        ...


def door_for(channel: str) -> Door:
    """The door of a channel, by the settings of the site: a folder where nothing else is set."""
    from postloan.desk.outbox.sending.folder import FolderDoor  # noqa: PLC0415 - doors import what is said here
    from postloan.desk.outbox.sending.mail import MailDoor, mail_server  # noqa: PLC0415
    from postloan.desk.outbox.sending.texts import TextDoor  # noqa: PLC0415

    if channel == "sms" and settings.OUTBOX_SMS_URL:
        return TextDoor(settings.OUTBOX_SMS_URL, settings.OUTBOX_SMS_SECRET)
    if channel == "email" and settings.OUTBOX_SMTP_URL:
        return MailDoor(mail_server(settings.OUTBOX_SMTP_URL), settings.OUTBOX_FROM)
    return FolderDoor(settings.OUTBOX_FOLDER)


def check_doors() -> None:
    """Find the doors that settings name before anything goes through one. Raises SettingWrong."""
    for channel in ("sms", "email"):
        door_for(channel)
