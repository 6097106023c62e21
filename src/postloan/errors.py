"""Refusals with a stable code: what happened, where, by which rule, and what to do next."""

from collections.abc import Mapping
from typing import ClassVar


class PostloanError(Exception):
    """A refused request. Bad rows of data are not errors: they go to quarantine.

    code     stable, listed in docs/errors.md.
    message  what happened, in one sentence.
    hint     what to do next.
    where    the place: file, row, rule, date …
    """

    code: ClassVar[str] = "PL-000"

    def __init__(self, *, message: str, hint: str, where: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = dict(where or {})

    def __reduce__(self) -> tuple[object, ...]:
        """Cross a process boundary whole: exceptions with keyword arguments do not by themselves."""
        return _rebuild, (type(self), self.message, self.hint, self.where)

    def __str__(self) -> str:
        lines = [f"{self.code} {self.message}"]
        if self.where:
            lines.append("  where: " + ", ".join(f"{name}={value}" for name, value in self.where.items()))
        lines.append(f"  hint:  {self.hint}")
        return "\n".join(lines)

    def as_problem(self) -> dict[str, object]:
        """The same refusal as problem JSON."""
        where = {name: str(value) for name, value in self.where.items()}
        return {"code": self.code, "title": self.message, "hint": self.hint, "where": where}


def _rebuild(kind: type[PostloanError], message: str, hint: str, where: dict[str, object]) -> PostloanError:
    return kind(message=message, hint=hint, where=where)


class NoRuleInForce(PostloanError):
    """No version of a rule has begun by the day asked about."""

    code = "PL-R01"


class RuleFileWrong(PostloanError):
    """A rule file does not have the shape of its rule."""

    code = "PL-R02"


class LaxerThanLaw(PostloanError):
    """The bank's overlay would be laxer than the national rule."""

    code = "PL-R03"


class TextUnknown(PostloanError):
    """A citation names a text that is not in the register."""

    code = "PL-R04"


class YearNotArranged(PostloanError):
    """Nobody knows the holidays of a year that has begun."""

    code = "PL-R05"


# Intake ----------------------------------------------------------------------------------------------------------


class FeedUnreadable(PostloanError):
    """A feed file cannot be read as what it says it is."""

    code = "PL-I01"


class FeedHeaderWrong(PostloanError):
    """A feed file has columns that are unknown, missing or of the wrong kind."""

    code = "PL-I02"


class FeedNotDescribed(PostloanError):
    """The feed folder or its feed.yaml does not say what it holds."""

    code = "PL-I03"


class FeedChanged(PostloanError):
    """A day that was loaded before comes again with other contents."""

    code = "PL-I04"


class FeedOutOfOrder(PostloanError):
    """A feed day comes after a later day was loaded."""

    code = "PL-I05"


class HomeNotReady(PostloanError):
    """The home folder holds no loaded feeds, or was laid out otherwise."""

    code = "PL-I07"


class KeyMissing(PostloanError):
    """Personal data cannot be sealed or opened without the key."""

    code = "PL-I08"


class HomeBusy(PostloanError):
    """Another load or night is at work in this home folder."""

    code = "PL-I09"


class FactsDamaged(PostloanError):
    """A file of the facts is missing, or is not what its load wrote."""

    code = "PL-I11"


class HomeUnwritable(PostloanError):
    """The home folder cannot be written: the disk is full, or may not be written to."""

    code = "PL-I10"


# Night and snapshot ----------------------------------------------------------------------------------------------


class NightPinned(PostloanError):
    """An unfinished night was begun with another code, rulebook, feed or number of shards."""

    code = "PL-N01"


class CheckFailed(PostloanError):
    """A check before publishing failed; what was published before stays published."""

    code = "PL-N02"


class ShardFailed(PostloanError):
    """A shard could not be computed."""

    code = "PL-N03"


class NothingPublished(PostloanError):
    """No snapshot is published for the day asked about."""

    code = "PL-N04"


class SnapshotDamaged(PostloanError):
    """A published file is missing or does not match its manifest."""

    code = "PL-N05"


class LoanUnknown(PostloanError):
    """No loan of that number is in the book."""

    code = "PL-N06"


class ClusterMissing(PostloanError):
    """Shards were to be computed on a Spark cluster, and Spark is not installed or the cluster does not answer."""

    code = "PL-N07"


class DayClosed(PostloanError):
    """The version of a day that is published was filed already."""

    code = "PL-K01"


class NotSettled(PostloanError):
    """A day may not be closed: a night of it failed its checks, or something does not tie and nobody says why."""

    code = "PL-K02"


class VersionUnknown(PostloanError):
    """A day has no such version, or was never filed."""

    code = "PL-K03"


class ClosingsDamaged(PostloanError):
    """The chain of closings does not hold: a record, or a filed snapshot, was changed or removed."""

    code = "PL-K04"


class RequestWrong(PostloanError):
    """A command was asked for something that does not fit together."""

    code = "PL-C01"


class TermsWrong(PostloanError):
    """The terms of a schedule are not of the form, or contradict each other."""

    code = "PL-C02"


class CardWrong(PostloanError):
    """A file is not a model card, or one of another form."""

    code = "PL-M01"


class CardChanged(PostloanError):
    """A model card is not what its hash, or its approval, says."""

    code = "PL-M02"


class TableUnfit(PostloanError):
    """A table cannot be fitted or scored: a column is missing, of another kind, or says nothing."""

    code = "PL-M03"


class ModelNotFitted(PostloanError):
    """No model comes out of what was given: nothing separates, or the estimate does not settle."""

    code = "PL-M04"


class UnitWrong(PostloanError):
    """A curve is asked for in another unit of time than it is stored in, or a parameter lies outside its range."""

    code = "PL-M05"


class ChallengerMissing(PostloanError):
    """The challenger's library is not installed."""

    code = "PL-M06"


class EventImpossible(PostloanError):
    """An event asks of a loan's schedule what it has no place for on that day."""

    code = "PL-L01"


# Desk -------------------------------------------------------------------------------------------------------------


class NotPermitted(PostloanError):
    """An officer asks for what no grant covers: the action, the office or the amount."""

    code = "PL-D01"


class SamePerson(PostloanError):
    """Whoever proposed a thing would approve it."""

    code = "PL-D02"


class StaleView(PostloanError):
    """A record changed after the page that decides on it was drawn."""

    code = "PL-D03"


class IllegalMove(PostloanError):
    """A record cannot become what was asked from where it is."""

    code = "PL-D04"


class ReasonMissing(PostloanError):
    """An action that needs a reason came without one."""

    code = "PL-D05"


class FormWrong(PostloanError):
    """What was filled in cannot be taken: a field is missing or not what it should be."""

    code = "PL-D06"


class NotFoundHere(PostloanError):
    """What was asked for does not exist, or lies outside the offices the officer may see; which, is not told."""

    code = "PL-D07"


class HandOverLate(PostloanError):
    """Decisions would be handed over with a day that is past: its night can no longer apply them."""

    code = "PL-D20"


class OpinionTooGood(PostloanError):
    """An opinion on a loan's class is better than what the rules found; only a controlled upgrade makes it so."""

    code = "PL-D21"


class UpgradeTooEarly(PostloanError):
    """An upgrade is asked for before the day from which the rules allow it."""

    code = "PL-D22"


class LoanNotImpaired(PostloanError):
    """A recovery plan is asked for a loan that is not in stage 3: nothing would be measured by it."""

    code = "PL-D23"


class StageTooGood(PostloanError):
    """A stage is asked for that is not worse than the one the rules found; people only make it worse."""

    code = "PL-D24"


class RuleOvertaken(PostloanError):
    """A rule is no longer what a change of it was written against."""

    code = "PL-D25"


class DatabaseAway(PostloanError):
    """The desk's database does not answer, or cannot be written."""

    code = "PL-D09"


class DeskNotReady(PostloanError):
    """The desk has no snapshot yet, no schema or no key."""

    code = "PL-D08"


class SignOnRefused(PostloanError):
    """The bank's identity provider vouched for nobody whom the desk knows."""

    code = "PL-D40"


class SettingWrong(PostloanError):
    """A setting of the environment is missing or not what it should be."""

    code = "PL-D41"


class EventContradicts(PostloanError):
    """An event comes again with other contents and is not called a correction, or a correction moves it."""

    code = "PL-D50"


class FileRefused(PostloanError):
    """A file is empty, too large, damaged, or by its content none that is taken."""

    code = "PL-D30"


class ClockAstray(PostloanError):
    """The server's clock cannot be right: it says a time before the last adoption, or long after it."""

    code = "PL-D60"


class LedgerUnreadable(PostloanError):
    """A file is no exported ledger of contact."""

    code = "PL-D52"


class ContactClosed(PostloanError):
    """An attempt that has its outcome, or was refused, is given one."""

    code = "PL-D51"


class VisitNotAllowed(PostloanError):
    """A visit is planned for an hour, or by people, for which the contact gate would refuse it."""

    code = "PL-D55"
