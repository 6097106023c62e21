"""The stage and the expected loss of one loan as lines a banker can check, down to the month."""

from collections.abc import Iterator

from postloan.desk.book.why.story_words import said_of, words
from postloan.desk.book.why.told import Told, ToldTable, table_of
from postloan.desk.core.figures import money, said_percent
from postloan.plan.loss_story import LossStory
from postloan.plan.why import Why
from postloan.rules.figures import ONE_E8


def loss_lines(story: Why, lang: str) -> Iterator[Told]:
    """Tell the stage with its ground, what the loss rests on, each scenario, the first months, and what it comes to."""
    loan, lost = story.loan, story.losses
    if lost is None:
        yield words(lang, "loss_none")
        return
    yield words(lang, "stage_line").format(
        stage=said_of(lang, "stage", loan["stage"]), rule=said_of(lang, "stage", loan["rule_stage"]),
        cause=said_of(lang, "stage_cause", loan["rule_stage_cause"]),
        obligor=said_of(lang, "stage", loan["obligor_stage"]),
    )  # fmt: skip
    if loan["override_stage"]:
        yield words(lang, "override_line").format(stage=said_of(lang, "stage", loan["override_stage"]))
    yield words(lang, "group_line").format(
        group=lost.group.group, months=loan["months_left"], year=_percent(loan["pd_year_ratio"]),
        left=_percent(loan["pd_left_ratio"]), expected=_percent(loan["pd_expected_ratio"]),
    )  # fmt: skip
    if lost.group.yearly_prepaid_e8:
        yield words(lang, "prepaid_line").format(
            yearly=" / ".join(_percent(each / ONE_E8) for each in lost.group.yearly_prepaid_e8),
            left=_percent(lost.prepaid_left),
        )  # fmt: skip
    yield words(lang, "claim_line").format(
        balance=money(lost.balance_cents), interest=money(lost.waiting_cents),
        claim=money(lost.balance_cents + lost.waiting_cents), worth=money(lost.worth_cents),
        lgd=_percent(loan["lgd_ratio"]), share=_percent(lost.share),
    )  # fmt: skip
    yield from _securities(lost, lang)
    yield _scenarios(lost, lang)
    if loan["ecl_method"] in {"year", "lifetime"}:
        yield _months(lost, lang)
    yield words(lang, f"measure_{loan['ecl_method']}").format(
        model=money(loan["ecl_model_cents"]), overlay=money(loan["ecl_overlay_cents"]), total=money(loan["ecl_cents"])
    )


def _securities(lost: LossStory, lang: str) -> Iterator[str]:
    for pledge in lost.later:
        said = "rank_unknown" if pledge.taken_cents is None else "rank_known"
        yield words(lang, said).format(
            collateral=pledge.collateral_id, rank=pledge.rank, taken=money(pledge.taken_cents or 0)
        )
    for promise in lost.weak:
        yield words(lang, f"weak_{promise.weakness}").format(
            guarantee=promise.guarantee_id, amount=money(promise.amount_cents), counts=money(promise.counts_cents)
        )


def _scenarios(lost: LossStory, lang: str) -> ToldTable:
    table = table_of(lang, "scenario", "weight", "pd_year", "pd_left", "lgd", "ecl_year", "ecl_left")
    for each in lost.scenarios:
        table.add_row(
            each.name, _percent(each.weight_e8 / ONE_E8), _percent(each.pd_year), _percent(each.pd_left),
            _percent(each.lgd), money(round(each.year_cents)), money(round(each.lifetime_cents)),
        )  # fmt: skip
    return table


def _months(lost: LossStory, lang: str) -> ToldTable:
    table = table_of(lang, "month", "claim_then", "discount", "chance", "lost_then")
    for each in lost.months:
        table.add_row(
            str(each.month), money(round(each.claim_cents)), f"{each.discount:.6f}", f"{100 * each.chance:.4f} %",
            money(round(each.lost_cents)),
        )  # fmt: skip
    return table


def _percent(share: float) -> str:
    return f"{said_percent(round(share * ONE_E8))} %"
