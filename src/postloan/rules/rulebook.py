"""The rulebook: reads every rule file once, and answers with the policy in force on a day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter

from postloan.errors import NoRuleInForce
from postloan.rules import overlay, provision_overlay
from postloan.rules.collateral import Collateral, CollateralReview
from postloan.rules.covenants import Covenants
from postloan.rules.expected_loss import ExpectedLoss
from postloan.rules.figures import RuleFile, Version, latest_begun
from postloan.rules.forms import Forms
from postloan.rules.journal import Journal
from postloan.rules.judging import FactFloors, Grades, GroupAlert, Transition, TransitionOverlay, Upgrade
from postloan.rules.legal_clocks import LegalClocks
from postloan.rules.portfolio import PortfolioLimits
from postloan.rules.provisions import (
    CapitalProvisions,
    GeneralReserve,
    ProvisionCoverage,
    ProvisionCoverageOverlay,
    ProvisionRates,
    ProvisionRatesOverlay,
)
from postloan.rules.rate_risk import RateRiskLaw
from postloan.rules.reading import read_shape
from postloan.rules.scores import BehaviourScore, CardInForce, ModelInForce, Scorecard, WarningModel
from postloan.rules.servicing import Allocation, AllocationOrder, ExtensionLimits, InterestBounds, OverdueInterest
from postloan.rules.shapes import (
    BookOfRecord,
    Contamination,
    ContaminationOverlay,
    DpdBuckets,
    OverdueFloors,
    OverdueFloorsOverlay,
    PublishChecks,
    RestructuringFloors,
    Retail,
    TieOut,
    WorkingDays,
)
from postloan.rules.sources import SourceFile, beside, find_sources, fingerprint_of, shipped_rules, wrong
from postloan.rules.stages import Stages
from postloan.rules.stresses import Stresses
from postloan.rules.texts import Text, check_citations
from postloan.rules.tier_law import RULES, TierLaw, TierLaws, tier_laws
from postloan.rules.unconfirmed import UnconfirmedFigure, unconfirmed_figures, unconfirmed_texts
from postloan.rules.use_of_proceeds import EntrustedPayment, UseOfProceeds
from postloan.rules.warnings import CATEGORIES, WarningRule, Warnings

TEXTS = TypeAdapter(dict[str, Text])
# Rules of law, each in national/<rule>.yaml.
LAW: dict[str, TypeAdapter[Any]] = {
    "overdue_floors": TypeAdapter(RuleFile[OverdueFloors]),
    "contamination": TypeAdapter(RuleFile[Contamination]),
    "fact_floors": TypeAdapter(RuleFile[FactFloors]),
    "restructuring_floors": TypeAdapter(RuleFile[RestructuringFloors]),
    "upgrade": TypeAdapter(RuleFile[Upgrade]),
    "transition": TypeAdapter(RuleFile[Transition]),
    "retail": TypeAdapter(RuleFile[Retail]),
    "group_alert": TypeAdapter(RuleFile[GroupAlert]),
    "dpd_buckets": TypeAdapter(RuleFile[DpdBuckets]),
    "allocation_order": TypeAdapter(RuleFile[AllocationOrder]),
    "interest_bounds": TypeAdapter(RuleFile[InterestBounds]),
    "extension_limits": TypeAdapter(RuleFile[ExtensionLimits]),
    "working_days": TypeAdapter(RuleFile[WorkingDays]),
    "forms": TypeAdapter(RuleFile[Forms]),
    "provision_rates": TypeAdapter(RuleFile[ProvisionRates]),
    "provision_coverage": TypeAdapter(RuleFile[ProvisionCoverage]),
    "general_reserve": TypeAdapter(RuleFile[GeneralReserve]),
    "capital_provisions": TypeAdapter(RuleFile[CapitalProvisions]),
    "entrusted_payment": TypeAdapter(RuleFile[EntrustedPayment]),
    "legal_clocks": TypeAdapter(RuleFile[LegalClocks]),
    "collateral_review": TypeAdapter(RuleFile[CollateralReview]),
}
# Rules before whose first version there was no such law: silence is an answer there.
LATER_LAW = {
    "group_alert", "provision_coverage", "general_reserve", "capital_provisions", "stages", "expected_loss",
    "stresses", "rate_risk", "behaviour_score", "warning_model", "use_of_proceeds",
    "portfolio_limits", "covenants", "legal_clocks", "collateral", "collateral_review",
    *(f"warnings/{category}" for category in CATEGORIES),
}  # fmt: skip
# Rules of law that the bank may tighten in bank/<rule>.yaml: the shape of its file, and how it is laid over the law.
OVERLAYS: dict[str, tuple[TypeAdapter[Any], Callable[..., Version]]] = {
    "overdue_floors": (TypeAdapter(RuleFile[OverdueFloorsOverlay]), overlay.overdue_floors),
    "contamination": (TypeAdapter(RuleFile[ContaminationOverlay]), overlay.contamination),
    "transition": (TypeAdapter(RuleFile[TransitionOverlay]), overlay.transition),
    "working_days": (TypeAdapter(RuleFile[WorkingDays]), overlay.working_days),
    "provision_rates": (TypeAdapter(RuleFile[ProvisionRatesOverlay]), provision_overlay.provision_rates),
    "provision_coverage": (TypeAdapter(RuleFile[ProvisionCoverageOverlay]), provision_overlay.provision_coverage),
}
# Rules on which the law is silent, each in bank/<rule>.yaml.
POLICY: dict[str, TypeAdapter[Any]] = {
    "book_of_record": TypeAdapter(RuleFile[BookOfRecord]),
    "publish_checks": TypeAdapter(RuleFile[PublishChecks]),
    "tie_out": TypeAdapter(RuleFile[TieOut]),
    "allocation": TypeAdapter(RuleFile[Allocation]),
    "overdue_interest": TypeAdapter(RuleFile[OverdueInterest]),
    "grades": TypeAdapter(RuleFile[Grades]),
    "journal": TypeAdapter(RuleFile[Journal]),
    "stages": TypeAdapter(RuleFile[Stages]),
    "expected_loss": TypeAdapter(RuleFile[ExpectedLoss]),
    "stresses": TypeAdapter(RuleFile[Stresses]),
    "rate_risk": TypeAdapter(RuleFile[RateRiskLaw]),
    "behaviour_score": TypeAdapter(RuleFile[BehaviourScore]),
    "warning_model": TypeAdapter(RuleFile[WarningModel]),
    "use_of_proceeds": TypeAdapter(RuleFile[UseOfProceeds]),
    "portfolio_limits": TypeAdapter(RuleFile[PortfolioLimits]),
    "covenants": TypeAdapter(RuleFile[Covenants]),
    "collateral": TypeAdapter(RuleFile[Collateral]),
}
# Early-warning rules, each category in bank/warnings/<category>.yaml.
WARNINGS = {f"warnings/{category}": TypeAdapter(RuleFile[Warnings]) for category in CATEGORIES}
POLICY |= WARNINGS
REQUIRED = {"texts.yaml", *(f"national/{rule}.yaml" for rule in LAW), *(f"bank/{rule}.yaml" for rule in POLICY)}
OPTIONAL = {"bank/texts.yaml", *(f"bank/{rule}.yaml" for rule in OVERLAYS)}

V = TypeVar("V", bound=Version)


@dataclass(frozen=True)
class Policy:
    """Every rule in force on the day `on`. A step is given the piece it needs, never the whole.

    tier_laws         the laws of classification begun by the day: a loan's past is judged by the law of its days.
    extension_limits  all versions begun: a loan keeps the law of the day it was signed. So of entrusted_payment.
    warnings          the rules of every category, those that wait for data among them.
    scorecard         the card that loans are scored by, if the bank names one; warning_model: that of warnings.
    LATER_LAW         None before there was such a law.
    """

    on: date
    tier_laws: TierLaws
    grades: Grades
    dpd_buckets: DpdBuckets
    allocation_order: AllocationOrder
    allocation: Allocation
    overdue_interest: OverdueInterest
    interest_bounds: InterestBounds
    extension_limits: tuple[ExtensionLimits, ...]
    entrusted_payment: tuple[EntrustedPayment, ...]
    working_days: WorkingDays
    provision_rates: ProvisionRates
    provision_coverage: ProvisionCoverage | None
    general_reserve: GeneralReserve | None
    capital_provisions: CapitalProvisions | None
    book_of_record: BookOfRecord
    publish_checks: PublishChecks
    group_alert: GroupAlert | None
    tie_out: TieOut
    legal_clocks: LegalClocks | None
    stages: Stages | None
    expected_loss: ExpectedLoss | None
    use_of_proceeds: UseOfProceeds | None
    warnings: tuple[WarningRule, ...]
    scorecard: CardInForce | None
    warning_model: ModelInForce | None
    covenants: Covenants | None
    collateral: Collateral | None
    collateral_review: CollateralReview | None

    @property
    def tier_law(self) -> TierLaw:
        """The law by which a loan is classed on the day itself."""
        return self.tier_laws.laws[-1]

    @property
    def warns(self) -> bool:
        """Whether debtors are warned of, by rules or by a model: then their features are reckoned."""
        return bool(self.warnings) or self.warning_model is not None

    def without_signals(self) -> "Policy":
        """The same rules but those that speak of loans and decide nothing: warnings, scorecards, covenants, clocks."""
        return replace(self, warnings=(), scorecard=None, warning_model=None, covenants=None, legal_clocks=None)

    def tier_laws_for(self, on: date) -> TierLaws:
        """The laws of the days up to `on`; a book that is read under the law of another day knows that law alone."""
        return self.tier_laws if self.on == on else self.tier_laws.only_the_last()


@dataclass(frozen=True)
class Rulebook:
    """All versions of all rules, the bank's laid over the law's.

    fingerprint  sha256 over the names and bytes of every file that took part.
    texts        the register of texts.
    written      per file, its versions as written.
    in_force     per rule, its versions after the overlay, oldest first.
    cards        the model cards that rules name, by the name of their file.
    """

    fingerprint: str
    texts: Mapping[str, Text]
    written: tuple[RuleFile[Any], ...]
    in_force: Mapping[str, tuple[Version, ...]]
    cards: Mapping[str, bytes]

    @property
    def begins_on(self) -> date:
        """The first day on which every rule is in force, but for the laws that came later."""
        return max(versions[0].since for rule, versions in self.in_force.items() if rule not in LATER_LAW)

    def version(self, rule: str, shape: type[V], on: date) -> V:
        """The version of a rule in force on a day. Silence is an error, never a default."""
        versions = self.in_force[rule]
        found = latest_begun(versions, on)
        if found is None:
            first = versions[0].since
            raise NoRuleInForce(
                message=f"{rule} has no version in force on {on}; the first begins on {first}.",
                hint="Add the earlier version with its citation, or start the back-calculation later.",
                where={"rule": rule, "on": on},
            )
        assert isinstance(found, shape)  # noqa: S101 - a rule file is read in its own shape
        return found

    def version_if_any(self, rule: str, shape: type[V], on: date) -> V | None:
        """The version of a rule in force on a day, or None before there was such a law."""
        return self.version(rule, shape, on) if latest_begun(self.in_force[rule], on) else None

    def scorecard(self, on: date) -> CardInForce | None:
        """The card that loans are scored by on a day, if the bank names one."""
        rule = self.version_if_any("behaviour_score", BehaviourScore, on)
        return None if rule is None or rule.scorecard is None else self._card("behaviour_score", rule.scorecard)

    def warning_model(self, on: date) -> ModelInForce | None:
        """The model that debtors are warned of by on a day, if the bank names one."""
        rule = self.version_if_any("warning_model", WarningModel, on)
        if rule is None or rule.model is None:
            return None
        return ModelInForce(rule.model, self._card("warning_model", rule.model))

    def _card(self, rule: str, named: Scorecard) -> CardInForce:
        return CardInForce(rule, named.file, named.sha256, self.cards[named.file])

    def begun(self, rule: str, shape: type[V], on: date) -> tuple[V, ...]:
        """The versions of a rule that have begun by a day, oldest first, where loans keep the law they were made under.

        Raises NoRuleInForce where none has.
        """
        self.version(rule, shape, on)
        return tuple(each for each in self.in_force[rule] if each.since <= on and isinstance(each, shape))

    def unconfirmed(self, on: date | None = None) -> list[UnconfirmedFigure]:
        """The figures nobody has read in their source; with `on`, those not read within 400 days before it too."""
        figures = [
            figure
            for file in self.written
            for version in file.versions
            for figure in unconfirmed_figures(file.rule, version, on)
        ]
        return [*figures, *unconfirmed_texts(self.texts, on)]


def tier_laws_on(rulebook: Rulebook, on: date) -> TierLaws:
    """The laws of classification begun by `on`; NoRuleInForce where one of their rules has not begun."""
    return tier_laws(
        {rule: rulebook.begun(rule, shape, on) for rule, shape in RULES.items()},
        rulebook.begun("transition", Transition, on),
    )


def policy_on(rulebook: Rulebook, on: date) -> Policy:
    """Every rule in force on `on`; NoRuleInForce where one of them has not begun."""
    return Policy(
        on=on,
        tier_laws=tier_laws_on(rulebook, on),
        grades=rulebook.version("grades", Grades, on),
        dpd_buckets=rulebook.version("dpd_buckets", DpdBuckets, on),
        allocation_order=rulebook.version("allocation_order", AllocationOrder, on),
        allocation=rulebook.version("allocation", Allocation, on),
        overdue_interest=rulebook.version("overdue_interest", OverdueInterest, on),
        interest_bounds=rulebook.version("interest_bounds", InterestBounds, on),
        extension_limits=rulebook.begun("extension_limits", ExtensionLimits, on),
        entrusted_payment=rulebook.begun("entrusted_payment", EntrustedPayment, on),
        working_days=rulebook.version("working_days", WorkingDays, on),
        provision_rates=rulebook.version("provision_rates", ProvisionRates, on),
        provision_coverage=rulebook.version_if_any("provision_coverage", ProvisionCoverage, on),
        general_reserve=rulebook.version_if_any("general_reserve", GeneralReserve, on),
        capital_provisions=rulebook.version_if_any("capital_provisions", CapitalProvisions, on),
        book_of_record=rulebook.version("book_of_record", BookOfRecord, on),
        publish_checks=rulebook.version("publish_checks", PublishChecks, on),
        group_alert=rulebook.version_if_any("group_alert", GroupAlert, on),
        tie_out=rulebook.version("tie_out", TieOut, on),
        legal_clocks=rulebook.version_if_any("legal_clocks", LegalClocks, on),
        stages=rulebook.version_if_any("stages", Stages, on),
        expected_loss=rulebook.version_if_any("expected_loss", ExpectedLoss, on),
        use_of_proceeds=rulebook.version_if_any("use_of_proceeds", UseOfProceeds, on),
        warnings=tuple(rule for _category, rule in warnings_on(rulebook, on)),
        scorecard=rulebook.scorecard(on),
        warning_model=rulebook.warning_model(on),
        covenants=rulebook.version_if_any("covenants", Covenants, on),
        collateral=rulebook.version_if_any("collateral", Collateral, on),
        collateral_review=rulebook.version_if_any("collateral_review", CollateralReview, on),
    )


def warnings_on(rulebook: Rulebook, on: date) -> list[tuple[str, WarningRule]]:
    """The warning rules in force on a day, each with its category before it."""
    in_force = [(name, rulebook.version_if_any(f"warnings/{name}", Warnings, on)) for name in CATEGORIES]
    return [(name, rule) for name, version in in_force if version is not None for rule in version.rules]


def load_rulebook(home: Path | None) -> Rulebook:
    """The rulebook that comes with Postloan, with the bank's own files from home/rulebook/bank.

    A file there stands in for the one of the same name that comes with Postloan. It may cite texts of the bank,
    registered in texts.yaml beside it.
    """
    return read_rulebook(shipped_rules(), None if home is None else home / "rulebook" / "bank")


def read_rulebook(shipped: Path, own: Path | None, *, other_law: Path | None = None) -> Rulebook:
    """The rulebook of a `shipped` folder, with the files of the bank's `own` folder, and of an `other_law`."""
    sources = find_sources(shipped, own, required=REQUIRED, optional=OPTIONAL, law=other_law)
    texts, written, in_force = _understood(tuple(sources.values()))
    cards = _cards([*in_force["behaviour_score"], *in_force["warning_model"]], shipped, own)
    fingerprint = fingerprint_of([*sources.values(), *cards.values()])
    return Rulebook(fingerprint, texts, written, in_force, {name: source.content for name, source in cards.items()})


Understood = tuple[Mapping[str, Text], tuple[RuleFile[Any], ...], Mapping[str, tuple[Version, ...]]]


@lru_cache(maxsize=8)
def _understood(files: tuple[SourceFile, ...]) -> Understood:
    """What files of these bytes say: texts, versions as written, versions in force. A process reads them often."""
    sources = {source.name: source for source in files}
    texts = _texts(sources)
    written: list[RuleFile[Any]] = []
    in_force: dict[str, tuple[Version, ...]] = {}

    def read(name: str, shape: TypeAdapter[Any]) -> RuleFile[Any]:
        file: RuleFile[Any] = read_shape(sources[name], shape)
        if file.rule != name.partition("/")[2].removesuffix(".yaml"):
            raise wrong(sources[name].shown, "rule", f"{file.rule} is not the name of the file")
        check_citations(texts, file.versions, sources[name])
        written.append(file)
        return file

    for rule, shape in LAW.items():
        of_law = read(f"national/{rule}.yaml", shape)
        in_force[rule] = of_law.versions
        if (name := f"bank/{rule}.yaml") in sources:
            bank_shape, lay_over = OVERLAYS[rule]
            in_force[rule] = laid_over(of_law, read(name, bank_shape), sources[name], lay_over)
    for rule, shape in POLICY.items():
        in_force[rule] = read(f"bank/{rule}.yaml", shape).versions
    _one_category_each(in_force, sources)
    return MappingProxyType(texts), tuple(written), MappingProxyType(in_force)


def _one_category_each(in_force: Mapping[str, tuple[Version, ...]], sources: Mapping[str, SourceFile]) -> None:
    """Refuse the number of a warning rule in a second category: its signals could not be told apart."""
    held: dict[str, str] = {}
    for category in WARNINGS:
        rules = (rule for version in in_force[category] if isinstance(version, Warnings) for rule in version.rules)
        for rule in rules:
            if held.setdefault(rule.id, category) != category:
                shown = sources[f"bank/{category}.yaml"].shown
                raise wrong(shown, rule.id, f"this number is taken in {held[rule.id]}")


def _cards(versions: Sequence[Version], shipped: Path, own: Path | None) -> dict[str, SourceFile]:
    """The cards that versions of rules name, by file. The fingerprint covers them: a night is pinned to its cards."""
    named = {each.scorecard.file for each in versions if isinstance(each, BehaviourScore) and each.scorecard}
    named |= {each.model.file for each in versions if isinstance(each, WarningModel) and each.model}
    return {name: beside(shipped, own, name) for name in sorted(named)}


def laid_over(
    law: RuleFile[Any], bank: RuleFile[Any], source: SourceFile, lay_over: Callable[..., Version]
) -> tuple[Version, ...]:
    """A version for every day on which the law or the bank begins one, once the law has begun."""
    may = overlay.BankFile(source, law.bank_may)
    days = {version.since for version in (*law.versions, *bank.versions)}
    versions: list[Version] = []
    for day in sorted(days):
        of_law, of_bank = latest_begun(law.versions, day), latest_begun(bank.versions, day)
        if of_law is not None:
            versions.append(of_law if of_bank is None else lay_over(of_law, of_bank, may))
    return tuple(versions)


def _texts(sources: Mapping[str, SourceFile]) -> dict[str, Text]:
    texts = read_shape(sources["texts.yaml"], TEXTS)
    if (of_bank := sources.get("bank/texts.yaml")) is None:
        return texts
    for name, text in read_shape(of_bank, TEXTS).items():
        if name in texts:
            raise wrong(of_bank.shown, name, "this id is already registered")
        texts[name] = text
    return texts
