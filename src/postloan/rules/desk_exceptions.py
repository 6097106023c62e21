"""The rule of the exceptions register: which kinds there are, and from when on something is one."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from postloan.rules.figures import Days, Strict, Version, Words

Sort = Literal["override", "late", "returned", "breach"]
SORTS: tuple[Sort, ...] = ("breach", "override", "late", "returned")


class ExceptionKind(Strict):
    """A kind of exception.

    sort            what it is in the view of operational risk.
    over            how many times something may happen in the days looked back on before it is one.
    look_back_days  how many days are looked back on, where it is counted.
    """

    kind: Words
    sort: Sort
    zh: Words
    en: Words
    over: Annotated[int, Field(ge=0)] = 0
    look_back_days: Days = 0


class ExceptionKinds(Version):
    """The kinds of exceptions of the bank from a day on."""

    kinds: Annotated[tuple[ExceptionKind, ...], Field(strict=False)]

    @model_validator(mode="after")
    def each_stands_once(self) -> "ExceptionKinds":
        """Two kinds of one name would be one too many."""
        names = [kind.kind for kind in self.kinds]
        if len(set(names)) < len(names):
            raise ValueError("a kind stands twice")
        return self

    def named(self, name: str) -> ExceptionKind | None:
        """Find a kind."""
        return next((kind for kind in self.kinds if kind.kind == name), None)
