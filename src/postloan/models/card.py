"""The model card: one JSON form for every model, whole enough to score from, and hashed so that no edit goes unseen."""

import hashlib
import json
from datetime import date
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from postloan.errors import CardChanged, CardWrong

Name = Annotated[str, Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
Points = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Ratio = Annotated[float, Field(ge=0, le=1)]
Unit = Literal["month", "quarter", "year"]
Sample = Literal["fit", "held_out"]
Kind = Literal["scorecard", "challenger", "hazard", "migration", "lgd"]


class Form(BaseModel):
    """An immutable part of a card: refuses keys it does not know, values of another kind, and what is no number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Bin(Form):
    """One bin of a characteristic.

    upper       its upper edge, which belongs to it; null of the last and of categories.
    categories  what it holds, of a characteristic of categories.
    points      whole points; more is better.
    """

    upper: float | None = None
    categories: tuple[str, ...] = ()
    rows: Count
    bads: Count
    woe: float
    points: Points


class Characteristic(Form):
    """A column of the scorecard: bins in order, and one for what is missing or was never seen."""

    name: Name
    kind: Literal["number", "category"]
    information_value: float
    beta: Annotated[float, Field(gt=0)]
    can_change: bool = True
    bins: Annotated[tuple[Bin, ...], Field(min_length=1)]
    missing: Bin

    @model_validator(mode="after")
    def edges_rise_and_end_open(self) -> Self:
        """Every value has one bin."""
        edges = [each.upper for each in self.bins]
        if self.kind == "number":
            inner = [edge for edge in edges[:-1] if edge is not None]
            if edges[-1] is not None or len(inner) < len(edges) - 1 or sorted(set(inner)) != inner:
                raise ValueError(f"the edges of {self.name} rise, and its last bin is open")
        elif any(edge is not None for edge in edges):
            raise ValueError(f"{self.name} has categories and no edges")
        return self


class ScorecardPart(Form):
    """Points by bin; `score` = sum of points, and the greater the better."""

    kind: Literal["scorecard"] = "scorecard"
    unit: Literal["points"] = "points"
    characteristics: Annotated[tuple[Characteristic, ...], Field(min_length=1)]
    intercept: float
    points_to_double: Count
    reasons_most: Count
    together_most: Count


class ChallengerPart(Form):
    """Boosted trees as their library writes them, as text; `directions`: 1 worse as it rises, -1 better, 0 free."""

    kind: Literal["challenger"] = "challenger"
    unit: Literal["log-odds"] = "log-odds"
    names: tuple[Name, ...]
    levels: dict[str, tuple[str, ...]]
    directions: tuple[Literal[-1, 0, 1], ...]
    library: Name
    trees: Name
    reasons_most: Count

    @model_validator(mode="after")
    def each_name_has_a_direction(self) -> Self:
        """A column without one would be read by the place of another."""
        if len(self.directions) != len(self.names):
            raise ValueError("there are as many directions as names")
        return self


class Term(Form):
    """One coefficient of a hazard, in log-odds a period."""

    name: Name
    beta: float
    error: float


class HazardCause(Form):
    """The hazard of one cause of leaving."""

    cause: Literal["default", "exit"]
    terms: tuple[Term, ...]


class HazardYears(Form):
    """The hazards of a segment from its first period on, its drivers at their means, as the rule of losses writes them.

    yearly_pd       probability to default in years 1, 2, …, given that the loan was there.
    yearly_prepaid  probability to leave otherwise, of those that do not default in the year.
    """

    segment: Name
    yearly_pd: tuple[Ratio, ...]
    yearly_prepaid: tuple[Ratio, ...]


class HazardPart(Form):
    """Log-odds of leaving in a period, given that the loan was there at its beginning.

    unit        the period that `age`, and every curve, counts in.
    knots       of the natural cubic spline in age.
    drivers     macro columns, each `lag` periods before the period it explains; `means` are their long-run levels.
    fade_ratio  what is left of a driver's distance from its mean a period after the scenario ends.
    oldest      the greatest age that was seen: beyond it the hazard of that age is held.
    years       the same by the year, by segment: what a person takes over into `expected_loss`.
    """

    kind: Literal["hazard"] = "hazard"
    unit: Unit
    age_column: Name
    time_column: Name | None
    knots: tuple[float, ...]
    segments: tuple[Name, ...]
    drivers: tuple[Name, ...]
    lag: Count
    means: tuple[float, ...]
    fade_ratio: Ratio
    oldest: Count
    causes: tuple[HazardCause, ...]
    years: tuple[HazardYears, ...] = ()


class MigrationPart(Form):
    """A matrix of moves between grades in one `unit`; the last grade is default, and nobody leaves it."""

    kind: Literal["migration"] = "migration"
    unit: Unit
    estimator: Literal["cohort", "duration"]
    grades: Annotated[tuple[Name, ...], Field(min_length=1)]
    matrix: tuple[tuple[Ratio, ...], ...]

    @model_validator(mode="after")
    def a_grade_has_its_row(self) -> Self:
        """From each grade to each."""
        if [len(row) for row in self.matrix] != [len(self.grades)] * len(self.grades):
            raise ValueError("the matrix has a row and a column a grade")
        return self


class LgdSegment(Form):
    """Loss given default of a segment: by amount, by count, and the curve of recoveries by month since default."""

    segment: Name
    cases: Count
    lgd_ratio: float
    lgd_by_count_ratio: float
    recovered_by_month: tuple[float, ...]


class LgdPart(Form):
    """Workout losses by segment; recoveries of open cases are completed by the ladder."""

    kind: Literal["lgd"] = "lgd"
    unit: Literal["month"] = "month"
    discount_yearly_ratio: float
    segments: tuple[LgdSegment, ...]


class Training(Form):
    """What a model was fitted on: sha256 of the file, rows, and the first and last period."""

    data_sha256: Sha256
    rows: Count
    bads: Count | None
    label: Name
    first: str | None = None
    last: str | None = None
    held_out: str


class Metric(Form):
    """A measure with its interval, on the rows it was fitted on or on those held out."""

    name: Name
    sample: Sample
    rows: Count
    value: float
    low: float | None = None
    high: float | None = None


class CalibrationLine(Form):
    """Log-odds of default = intercept + slope · score, in one segment; null is all of them."""

    segment: str | None
    intercept: float
    slope: float


class Calibration(Form):
    """Calibration apart from ranking, with a version of its own; `anchor_ratio` is the long-run default rate."""

    version: Count
    anchor_ratio: Ratio | None
    horizon: Name
    lines: tuple[CalibrationLine, ...]

    @model_validator(mode="after")
    def one_line_is_of_all(self) -> Self:
        """A row of no known segment has a PD too."""
        if [each.segment for each in self.lines].count(None) != 1:
            raise ValueError("one line is of all segments")
        return self


class Approval(Form):
    """Who approved the card of this hash, and for which days."""

    of_sha256: Sha256
    approver: Name
    approved_on: date
    effective_from: date
    effective_to: date | None = None


class Card(Form):
    """One model, whole: what it is, what it was made from, its parameters with their units, and how it did."""

    form: Literal["postloan-card/1"] = "postloan-card/1"
    model_id: Name
    version: Count
    code_version: Name
    settings: dict[str, str]
    training: Training
    features: tuple[Name, ...]
    segment_column: str | None = None
    parameters: Annotated[
        ScorecardPart | ChallengerPart | HazardPart | MigrationPart | LgdPart, Field(discriminator="kind")
    ]
    metrics: tuple[Metric, ...]
    calibration: Calibration | None = None
    approval: Approval | None = None

    @property
    def kind(self) -> Kind:
        """What kind of model it is."""
        return self.parameters.kind

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a table must have to be scored by it."""
        return frozenset({*self.features, *([self.segment_column] if self.segment_column else [])})

    @property
    def sha256(self) -> str:
        """The hash of all but the approval: an approval names what it approves."""
        return hashlib.sha256(_canonical(self.model_dump(mode="json", exclude={"approval"}))).hexdigest()

    def approved(self, *, approver: str, on: date, effective_from: date, effective_to: date | None = None) -> Self:
        """The same card with its approval."""
        approval = Approval(
            of_sha256=self.sha256, approver=approver, approved_on=on,
            effective_from=effective_from, effective_to=effective_to,
        )  # fmt: skip
        return self.model_copy(update={"approval": approval})

    def is_effective(self, on: date) -> bool:
        """Whether the card is approved for a day."""
        held = self.approval
        if held is None or on < held.effective_from:
            return False
        return held.effective_to is None or on <= held.effective_to


class _File(Form):
    """A card as a file: the hash beside what it is of."""

    sha256: Sha256
    card: Card


def code_version() -> str:
    """The version of the code that makes a card."""
    return version_of("postloan")


def card_file(card: Card) -> bytes:
    """A card as it stands in a file: its hash beside it."""
    said = {"sha256": card.sha256, "card": card.model_dump(mode="json")}
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def write_card(card: Card, path: Path) -> str:
    """Write a card by renaming it into place. Returns its hash."""
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(card_file(card))
    part.replace(path)
    return card.sha256


def read_card(path: Path) -> Card:
    """Read a card. Raises CardWrong where it is none, CardChanged where it is not what its hash or approval says."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _wrong(path.name, "the file", f"cannot be read ({error.strerror})") from error
    return card_of(content, path.name)


def card_of(content: bytes, name: str) -> Card:
    """The card that a file of this name holds. Raises CardWrong, with the place, and CardChanged."""
    try:
        read = _File.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(name, ".".join(str(at) for at in first["loc"]) or "the file", first["msg"]) from error
    approval = read.card.approval
    if read.card.sha256 != read.sha256 or (approval is not None and approval.of_sha256 != read.sha256):
        raise CardChanged(
            message=f"{name} was changed after it was written or approved.",
            hint="Take the card from where it was approved; fit anew to change it.",
            where={"file": name, "written": read.sha256[:12], "found": read.card.sha256[:12]},
        )
    return read.card


def _canonical(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _wrong(name: str, at: str, why: str) -> CardWrong:
    return CardWrong(
        message=f"{name} is not a model card: {at}: {why}.",
        hint="Write it with `postloan model fit`.",
        where={"file": name, "at": at, "why": why},
    )
