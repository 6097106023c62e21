"""Addresses of other systems that a setting names: they are spoken to in secret, or are on this machine."""

from urllib.parse import urlsplit

from postloan.errors import SettingWrong

_HERE = {"localhost", "127.0.0.1", "::1"}


def check_encrypted(name: str, url: str, safe: tuple[str, ...], on_this_machine: tuple[str, ...]) -> None:
    """Hold the address of a setting against the schemes that are safe, and those that are on this machine alone.

    Raises SettingWrong, which tells host and scheme and no password that the address may hold.
    """
    told = urlsplit(url)
    is_here = told.hostname in _HERE and told.scheme in on_this_machine
    if not told.hostname or (told.scheme not in safe and not is_here):
        raise SettingWrong(
            message=f"{name} is not an address that is spoken to in secret.",
            hint=f"Begin it with {' or '.join(f'{each}://' for each in safe)}; this machine itself may do without.",
            where={"scheme": told.scheme, "host": told.hostname or ""},
        )
