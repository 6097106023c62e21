"""What tests of the register of models share: cards fitted on a made-up book, and whoever proposes and decides."""

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import numpy as np
import polars as pl
from deciding import person
from django.db import connections

from postloan.desk.core.days import business_day
from postloan.desk.core.models import Grant
from postloan.desk.core.officers.queries import head_office
from postloan.desk.modelling.actions import card_decide, card_propose
from postloan.desk.modelling.models import ModelCard
from postloan.errors import PostloanError
from postloan.models.card import Card
from postloan.models.fitting import Asked, fit_card
from postloan.rules.model_rules import load_model_rules


def card_of_a_book(name: str = "made", version: int = 1, seed: int = 1) -> Card:
    """A small scorecard on made-up borrowers; its columns are in no snapshot, so that it is not watched."""
    draw = np.random.default_rng(seed)
    late = draw.poisson(1.5, 1500)
    bad = draw.random(1500) < 1 / (1 + np.exp(2.5 - 0.8 * late))
    table = pl.DataFrame({"id": range(1500), "late": late, "bad": bad.astype(int)})
    rules, on = load_model_rules(None), business_day(None).on
    asked = Asked("scorecard", "bad", name, version=version, id="id", held_out=0.3)
    return fit_card(table, "0" * 64, asked, rules.fitting(on), rules.monitoring(on))


def proposed(card: Card, *, who: str = "modeller", key: UUID | None = None, days: int = 0) -> ModelCard:
    day = business_day(None)
    return card_propose(
        person(who), card, purpose="行为评分", effective_from=day.on + np.timedelta64(days, "D").item(),
        reason="见验证报告", card_id=key or uuid4(), day=day,
    )  # fmt: skip


def decided(held: ModelCard, who: str, verdict: str = "agree", *, seen: int | None = None) -> ModelCard:
    held = ModelCard.objects.select_related("case").get(pk=held.pk)
    reason = "同意" if verdict == "agree" else "样本太短"
    return card_decide(
        person(who), held.pk, verdict, seen_version=seen or held.case.version, reason=reason, day=business_day(None)
    )


def approved(card: Card, *, days: int = 0) -> ModelCard:
    held = proposed(card, days=days)
    decided(held, "approver")
    decided(held, "manager")
    return ModelCard.objects.get(pk=held.pk)


def also(username: str, *actions: str) -> None:
    for action in actions:
        Grant.objects.create(
            officer=person(username), action=action, org=head_office(), role="x", begins_on="2021-01-01"
        )


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do some things at the same instant: what came of each, 'won' or the class of its refusal."""
    gate, outcomes = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            deed()
            outcomes.append("won")
        except PostloanError as refusal:
            outcomes.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    return sorted(outcomes, key=str)
