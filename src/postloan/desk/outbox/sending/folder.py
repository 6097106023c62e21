"""The folder door: a file a message, whole or not there. A letter is a Word document; anything else is JSON."""

import json
import os
from pathlib import Path

from postloan.desk.core.word import letter_of
from postloan.desk.outbox.sending.doors import Answer, Sendable

_LETTERS = frozenset({"letter", "formal_demand"})


class FolderDoor:
    """Files below a folder, by channel and day, each named by its message: the same again is the same file."""

    name = "folder"
    is_repeatable = True

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)

    def send(self, message: Sendable) -> Answer:
        """Write a message."""
        is_letter = message.channel in _LETTERS
        into = self._folder / message.channel / message.on.isoformat()
        path = into / f"{message.id}.{'docx' if is_letter else 'json'}"
        ref = str(path.relative_to(self._folder))
        if path.is_file():
            return Answer("sent", ref)
        content = _letter(message) if is_letter else _told(message)
        try:
            into.mkdir(parents=True, exist_ok=True)
            _write_whole(path, content)
        except OSError as fault:
            return Answer("shut", why=type(fault).__name__)
        return Answer("sent", ref)


def _letter(message: Sendable) -> bytes:
    return letter_of(message.title, [message.to, *message.text.splitlines()], message.bank, message.on)


def _told(message: Sendable) -> bytes:
    told = {
        "id": str(message.id), "channel": message.channel, "to": message.to, "name": message.name,
        "title": message.title, "text": message.text,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there, and its folder's entry of it, before anybody is told so."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as held:
        held.write(content)
        held.flush()
        os.fsync(held.fileno())
    part.replace(path)
    entry = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
