"""The shape of warning rules: what is asked of a debtor or a loan, at which level, and what would clear it."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from postloan.rules.condition import Condition, ConditionWrong, FrozenSchema, condition
from postloan.rules.figures import Cited, Strict, Version, Words
from postloan.tables.features import FAMILIES
from postloan.tables.published import PublishedLoan
from postloan.tables.warnings import LEVELS

Level = Literal["blue", "yellow", "orange", "red"]
Of = Literal["debtor", "loan"]
SignalId = Annotated[str, Field(pattern=r"^[A-Z]{2,4}-[A-Z]{2,4}-\d{2,3}$")]

CATEGORIES = (
    "financial", "operational", "management", "account", "repayment", "guarantee", "collateral", "judicial", "tax",
    "environment", "group", "industry", "internal",
)  # fmt: skip
"""Each category is a rule file of its own, bank/warnings/<category>.yaml."""

FEATURES: dict[Of, FrozenSchema] = {
    "debtor": FrozenSchema(
        (name, column.dtype)
        for family in FAMILIES.values()
        for name, column in family.columns().items()
        if name != "debtor_no"
    ),
    "loan": FrozenSchema((name, column.dtype) for name, column in PublishedLoan.columns().items()),
}
"""What a rule may ask: the features of debtors, or the published row of a loan."""


class InTwo(Strict):
    """Words in both languages."""

    zh: Words
    en: Words


class Rung(Strict):
    """One level of a rule, and when it holds."""

    level: Level
    when: Words


def _by_level(rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
    places = [LEVELS.index(rung.level) for rung in rungs]
    if places != sorted(set(places)):
        raise ValueError("levels stand from the mildest to the worst, each once")
    return rungs


class WarningRule(Cited):
    """One signal.

    of         whose features it asks.
    levels     from the mildest to the worst; the worst that holds counts.
    shows      the features that a card shows as its evidence, beside those that the conditions ask.
    clears     what would clear it.
    waits_for  the data without which it cannot be asked yet; then it has no levels.
    """

    id: SignalId
    zh: Words
    en: Words
    of: Of = "debtor"
    levels: Annotated[tuple[Rung, ...], Field(strict=False), AfterValidator(_by_level)] = ()
    shows: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    clears: InTwo | None = None
    waits_for: InTwo | None = None
    # Read once: a rule travels to the workers of a night as it was read.
    _conditions: tuple[tuple[Level, Condition], ...] = PrivateAttr(default=())

    @field_validator("levels")
    @classmethod
    def conditions_can_be_run(cls, rungs: tuple[Rung, ...], info: ValidationInfo) -> tuple[Rung, ...]:
        """A condition asks features of this table and says nothing that is not allowed."""
        for rung in rungs:
            try:
                condition(rung.when, FEATURES[info.data.get("of", "debtor")])
            except ConditionWrong as wrong:
                raise ValueError(f"{info.data.get('id')}, {rung.level}: {wrong}") from None
        return rungs

    @model_validator(mode="after")
    def is_asked_or_waits(self) -> Self:
        """A signal either has levels, and says what clears it, or says what it waits for."""
        if bool(self.levels) == (self.waits_for is not None):
            raise ValueError(f"{self.id} has either levels or waits_for")
        if self.levels and self.clears is None:
            raise ValueError(f"{self.id} says what would clear it")
        unknown = [name for name in self.shows if name not in FEATURES[self.of].kinds]
        if unknown:
            raise ValueError(f"{self.id} shows {unknown[0]}, which is no feature")
        self._conditions = tuple((rung.level, condition(rung.when, FEATURES[self.of])) for rung in self.levels)
        return self

    @property
    def conditions(self) -> tuple[tuple[Level, Condition], ...]:
        """The conditions by level, from the mildest."""
        return self._conditions

    @property
    def asks(self) -> tuple[str, ...]:
        """The features that its conditions ask, each once."""
        return tuple(dict.fromkeys(name for _level, each in self.conditions for name in each.columns))

    @property
    def holds_of_unknown(self) -> bool:
        """Whether one of its levels holds of whom nothing that it asks is known."""
        return any(each.holds_of_unknown for _level, each in self.conditions)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The features that tell why it fired, each once."""
        return tuple(dict.fromkeys([*self.asks, *self.shows]))

    def written(self) -> str:
        """The rule as a line: its names, and each level with its condition."""
        said = "; ".join(f"{rung.level}: {rung.when}" for rung in self.levels)
        return f"{self.id} {self.zh} ({self.en}): {said or f'waits for {self.waits_for and self.waits_for.en}'}"


class Warnings(Version):
    """The warning rules of a category from a day on."""

    rules: Annotated[tuple[WarningRule, ...], Field(strict=False, min_length=1, max_length=200)]

    @model_validator(mode="after")
    def each_has_an_id_of_its_own(self) -> Self:
        """A reader finds a rule by its id."""
        ids = [rule.id for rule in self.rules]
        if len(ids) != len(set(ids)):
            raise ValueError("each warning rule has an id of its own")
        return self
