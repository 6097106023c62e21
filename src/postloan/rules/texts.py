"""The register of texts: every law and policy that a figure may cite."""

from collections.abc import Iterable, Mapping
from datetime import date

from postloan.errors import TextUnknown
from postloan.rules.figures import Cite, Strict, Version, Words
from postloan.rules.sources import SourceFile, wrong


class Text(Strict):
    """A law, a notice, or a policy of the bank.

    issued, in_force  the day it was issued, and the day from which it binds.
    confirmed_on      the day its number and dates were last read in a source; null while nobody has.
    """

    title: Words
    title_zh: Words
    issuer: Words
    number: Words | None
    issued: date | None
    in_force: date
    confirmed_on: date | None = None


def check_citations(register: Mapping[str, Text], versions: Iterable[Version], source: SourceFile) -> None:
    """Refuse a citation of a text that is not registered, or that was not yet in force."""
    for version in versions:
        for key, figure in version.cited():
            text = _registered(register, figure.cite, source)
            if text.in_force > version.since:
                why = f"{figure.cite.text} is in force from {text.in_force}, after this version begins"
                raise wrong(source.shown, f"the version from {version.since}, {key}", why)


def _registered(register: Mapping[str, Text], cite: Cite, source: SourceFile) -> Text:
    if cite.text not in register:
        raise TextUnknown(
            message=f"{source.shown} cites {cite.text}, which is not in the register of texts.",
            hint=f"Correct the id, or register {cite.text} in texts.yaml beside the rules that cite it.",
            where={"file": source.shown, "cite": cite},
        )
    return register[cite.text]
