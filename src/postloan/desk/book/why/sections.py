"""One loan's story from feed rows to clause in sections, for a reader who knows banking; not how it is drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from postloan.desk.book.why.change import alert_lines, change_lines, history_lines
from postloan.desk.book.why.floors import floor_lines
from postloan.desk.book.why.losses import loss_lines
from postloan.desk.book.why.provisions import provision_lines
from postloan.desk.book.why.story_words import said_of, words
from postloan.desk.book.why.told import Told, ToldLine, ToldTable, table_of
from postloan.desk.core.figures import exact_percent, money
from postloan.plan.trace import Allocation
from postloan.plan.why import Why

_PAYMENTS_SHOWN = 4
_INSTALMENTS_SHOWN = 4


@dataclass(frozen=True)
class Section:
    """A section of the story: its heading, and what is told in it."""

    name: str
    heading: str
    told: Sequence[Told]


def why_sections(story: Why, lang: str) -> list[Section]:
    """Tell a loan's story in `lang` (zh or en), from its terms to the proof."""
    return [Section(name, words(lang, name), told) for name, told in _sections(story, lang)]


def _sections(story: Why, lang: str) -> Iterable[tuple[str, Sequence[Told]]]:
    yield "terms", _terms(story, lang)
    yield "due", [_due(story, lang)]
    yield "received", [_received(story, lang), *_payments(story.allocations, lang)]
    yield "owed", [*_owed(story, lang), *_unpaid(story, lang)]
    yield "days", [_days(story, lang)]
    yield "floors", [_floors(story, lang)]
    yield "tier", [*_tier(story, lang), *history_lines(story, lang), *alert_lines(story, lang)]
    if changes := list(change_lines(story, lang)):
        yield "change", changes
    yield "provisions", [_provisions(story, lang)]
    yield "losses", list(loss_lines(story, lang))
    yield "proof", [_proof(story, lang)]


def _terms(story: Why, lang: str) -> list[str]:
    loan, start = story.loan, story.position
    line = words(lang, "terms_line").format(
        principal=money(loan["principal_cents"]), currency=loan["currency"], paid_out=loan["disbursed_on"],
        matures=loan["matures_on"], method=said_of(lang, "method", loan["method"]),
        rate=exact_percent(loan["rate_in_force_e8"]),
        day_count=start["day_count"], schedule=said_of(lang, "schedule", loan["schedule_source"]),
    )  # fmt: skip
    lines = [line, *_rates(story, lang)]
    if not start["is_taken_on"]:
        return lines
    taken_on = words(lang, "taken_on_line").format(
        day=start["begins_on"], balance=money(start["balance_cents"]),
        accrued=money(start["accrued_cents"]), penalty=money(start["penalty_cents"] + start["compound_cents"]),
    )  # fmt: skip
    return [*lines, taken_on]


def _rates(story: Why, lang: str) -> Iterable[str]:
    """How the rate in force came, and what arrears bear."""
    loan, spread_e8 = story.loan, story.position["spread_e8"]
    if loan["rate_since_on"]:
        is_agreed = (
            (story.decisions["kind"] == "rate_change") & (story.decisions["effective_on"] == loan["rate_since_on"])
        ).any()
        came = "rate_follows" if loan["prime_rate_on"] else "rate_agreed" if is_agreed else "rate_stated"
        yield words(lang, came).format(
            since=loan["rate_since_on"], rate=exact_percent(loan["rate_in_force_e8"]), published=loan["prime_rate_on"],
            prime=exact_percent(loan["prime_rate_e8"] or 0), spread=exact_percent(abs(spread_e8)),
            sign="−" if spread_e8 < 0 else "+",
        )  # fmt: skip
    charged = [
        words(lang, "rate_part").format(what=words(lang, f"{name}_rate"), rate=exact_percent(rate_e8))
        for name, rate_e8 in story.rates.items()
        if rate_e8
    ]
    if charged:
        yield words(lang, "rates_line").format(parts=words(lang, "comma").join(charged))


def _due(story: Why, lang: str) -> str:
    fallen = story.fallen
    total_cents = fallen["principal_cents"] + fallen["interest_cents"] + fallen["fee_cents"]
    return words(lang, "due_line").format(
        count=fallen["count"], on=story.on, principal=money(fallen["principal_cents"]),
        interest=money(fallen["interest_cents"]), fee=money(fallen["fee_cents"]), total=money(total_cents),
    )  # fmt: skip


def _received(story: Why, lang: str) -> str:
    loan = story.loan
    return words(lang, "received_line").format(
        count=len({(part.paid_on) for part in story.allocations}), total=money(loan["received_cents"]),
        penalty=money(loan["paid_penalty_cents"]), compound=money(loan["paid_compound_cents"]),
        fee=money(loan["paid_fee_cents"]), interest=money(loan["paid_interest_cents"]),
        principal=money(loan["paid_principal_cents"]),
        unapplied=money(loan["unapplied_cents"]),
    )  # fmt: skip


def _payments(parts: Sequence[Allocation], lang: str) -> list[Told]:
    days = sorted({part.paid_on for part in parts})
    if not days:
        return []
    table = table_of(
        lang, "paid_on", "amount", "penalty", "compound", "fee", "interest", "principal", "unapplied", "for_due"
    )
    for paid_on in days[-_PAYMENTS_SHOWN:]:
        of_day = [part for part in parts if part.paid_on == paid_on]
        cents = {name: sum(part.cents for part in of_day if part.component == name) for name in _COMPONENTS}
        met = sorted({part.due_on for part in of_day if part.due_on})
        span = str(met[0]) if len(met) == 1 else f"{met[0]} … {met[-1]}" if met else ""
        table.add_row(str(paid_on), money(sum(cents.values())), *(_or_blank(cents[name]) for name in _COMPONENTS), span)
    earlier = len(days) - _PAYMENTS_SHOWN
    return [table, words(lang, "payments_earlier").format(count=earlier)] if earlier > 0 else [table]


def _owed(story: Why, lang: str) -> list[str]:
    loan = story.loan
    debt_cents = loan["own_outstanding_cents"] + loan["paid_principal_cents"] + loan["written_off_cents"]
    lines = [
        words(lang, "owed_line").format(
            debt=money(debt_cents), paid=money(loan["paid_principal_cents"]), left=money(loan["own_outstanding_cents"]),
            principal=money(loan["overdue_principal_cents"]), interest=money(loan["overdue_interest_cents"]),
            fee=money(loan["overdue_fee_cents"]), penalty=money(loan["penalty_cents"]),
            compound=money(loan["compound_cents"]),
            accrued=money(loan["accrued_interest_cents"]),
        )
    ]  # fmt: skip
    if story.reliefs:
        days = sorted({str(part.paid_on) for part in story.reliefs})
        lines.append(
            words(lang, "relieved_line").format(
                waived=money(loan["waived_cents"]), capitalised=money(loan["capitalised_cents"]),
                reamortised=money(loan["reamortised_cents"]), days=words(lang, "comma").join(days),
            )
        )  # fmt: skip
    if loan["written_off_cents"]:
        lines.append(words(lang, "written_off_line").format(cents=money(loan["written_off_cents"])))
    if loan["settled_on"]:
        lines.append(words(lang, "settled_line").format(day=loan["settled_on"]))
    if loan["core_outstanding_cents"] is not None:
        lines.append(
            words(lang, "core_line").format(
                core=money(loan["core_outstanding_cents"]), gap=money(loan["balance_break_cents"]),
                governs=money(loan["outstanding_cents"]),
            )
        )  # fmt: skip
    return lines


def _unpaid(story: Why, lang: str) -> list[Told]:
    if story.unpaid.is_empty():
        return []
    table = table_of(lang, "due_on", "principal", "interest", "fee", "days_late")
    for row in story.unpaid.head(_INSTALMENTS_SHOWN).iter_rows(named=True):
        table.add_row(
            str(row["due_on"]), *(money(row[f"{name}_cents"]) for name in ("principal", "interest", "fee")),
            str(row["days_late"]),
        )  # fmt: skip
    more = story.unpaid.height - _INSTALMENTS_SHOWN
    return [table, words(lang, "unpaid_more").format(count=more)] if more > 0 else [table]


def _days(story: Why, lang: str) -> str:
    loan, parts = story.loan, []
    for name in ("principal", "interest"):
        oldest = loan[f"oldest_{name}_due_on"]
        if oldest and loan[f"days_past_due_{name}"]:
            parts.append(
                words(lang, "days_part").format(
                    what=words(lang, name), on=story.on, oldest=oldest, days=loan[f"days_past_due_{name}"]
                )
            )
    if loan["core_days_past_due"] is not None:
        parts.append(words(lang, "days_core").format(days=loan["core_days_past_due"]))
    if not parts:
        return words(lang, "days_none")
    return words(lang, "days_line").format(
        parts=words(lang, "comma").join(parts), days=loan["days_past_due"], bucket=loan["bucket"]
    )


def _floors(story: Why, lang: str) -> ToldTable:
    table = table_of(lang, "rule", "facts", "binds_when", "tier_column", "clause", numbers=False)
    for line in floor_lines(story, lang):
        tier = said_of(lang, "tier", line.tier)
        table.add_row(line.rule, line.facts, line.binds_when, tier, line.cite, tier=line.tier)
    return table


def _tier(story: Why, lang: str) -> list[Told]:
    loan = story.loan
    tier = said_of(lang, "tier", loan["tier"])
    if loan["tier_cite"] is None:
        return [ToldLine(loan["tier"], tier, words(lang, "tier_pass"))]
    text = story.texts[loan["tier_cite"].split(" ", 1)[0]]
    title = text.title_zh if lang == "zh" else text.title
    return [
        ToldLine(loan["tier"], tier, words(lang, "tier_set_by").format(cite=loan["tier_cite"])),
        words(lang, "text_line").format(title=title, number=text.number or "", in_force=text.in_force),
    ]


def _provisions(story: Why, lang: str) -> ToldTable | str:
    lines = provision_lines(story)
    if not lines:
        return words(lang, "provision_none")
    table = table_of(lang, "provision", "arithmetic", "clause", numbers=False)
    table.unbroken = 1
    for line in lines:
        arithmetic = f"{money(line.balance_cents)} × {line.share} = {money(line.cents)}"
        table.add_row(words(lang, f"provision_{line.kind}"), arithmetic, line.cite)
    return table


def _proof(story: Why, lang: str) -> str:
    pins = story.pins
    kept = "as_published" if story.is_as_published else "not_as_published"
    return words(lang, kept).format(
        run=story.run_id[:12], known_on=pins["known_on"], law_of=pins["law_of"], feeds=len(pins["feeds"]),
        rulebook=pins["rulebook"][:12], code=pins["code"][:12],
    )  # fmt: skip


_COMPONENTS = ("penalty", "compound", "fee", "interest", "principal", "unapplied")


def _or_blank(cents: int) -> str:
    return money(cents) if cents else ""
