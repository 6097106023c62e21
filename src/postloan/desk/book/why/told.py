"""What a loan's story is told in: sentences, lines that begin with a tier, small tables."""

from dataclasses import dataclass, field

from postloan.desk.book.why.story_words import words


@dataclass(frozen=True)
class ToldLine:
    """A line of the story that begins with a tier: the tier's word, and what follows."""

    tier: str
    said: str
    rest: str = ""


@dataclass
class ToldTable:
    """A small table of the story.

    numbers  whether each column is of numbers.
    tiers    the tier that colours each row; empty where none does.
    unbroken the column whose lines are not broken; -1 is none.
    """

    headers: list[str]
    numbers: list[bool]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    tiers: list[str] = field(default_factory=list)
    unbroken: int = -1

    def add_row(self, *cells: str, tier: str = "") -> None:
        """Add a row."""
        self.rows.append(cells)
        self.tiers.append(tier)


Told = str | ToldLine | ToldTable


def table_of(lang: str, *names: str, numbers: bool = True) -> ToldTable:
    """Begin a table with the headers of some words."""
    are_numbers = [numbers and not name.endswith("_on") and name != "for_due" for name in names]
    return ToldTable([words(lang, name) for name in names], are_numbers)
