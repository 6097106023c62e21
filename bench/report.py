"""The benches' report: what bench/out holds, as one page with a chart of how cost grows.

    python bench/report.py [--into bench/out]

Every bench keeps its figures in a file of its own; this gathers those that are there, and measures nothing. Each figure
stands beside what it was held against in the same run: a peer, a floor, or the goal.
"""

import argparse
import json
import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot

OUT = Path(__file__).parent / "out"

Figures = dict[str, float]


def _night(it: Figures) -> Iterator[tuple[str, str, str]]:
    yield f"night of {it['loans']:,} loans, loans a second", f"{it['loans_a_second']:,}", "goal 200,000"
    yield "night, seconds over reading and writing alone", f"{it['ratio']}", "goal at most 2.5"
    yield "night, peak memory in GiB", f"{it['peak_gib']}", "goal at most 4"


def _replay(it: Figures) -> Iterator[tuple[str, str, str]]:
    yield "replay of another rule over kept months, seconds", f"{it['seconds']:,}", "goal 60"


def _pages(it: Figures) -> Iterator[tuple[str, str, str]]:
    for name, value in it.items():
        if name.endswith("_ms"):
            yield f"page: {name.removesuffix('_ms').replace('_', ' ')}, ms", f"{value:,}", ""


def _spark(it: Figures) -> Iterator[tuple[str, str, str]]:
    yield (
        f"night of {it['loans']:,} loans on Spark, seconds",
        f"{it['spark_seconds']:,}",
        (f"the local pool {it['local_seconds']:,}: {it['ratio']} ×"),
    )


def _listed(it: object) -> Iterator[tuple[str, str, str]]:
    """Give the rows of a bench that writes its own: what, value, unit, against, ratio."""
    for row in it if isinstance(it, list) else []:
        against = row.get("against")
        beside = "" if against in (None, "") else f"{against}" + (f": {row['ratio']:,} ×" if row.get("ratio") else "")
        yield f"{row['what']}, {row['unit']}", f"{row['value']:,}", beside


def _plain(it: Figures) -> Iterator[tuple[str, str, str]]:
    for name, value in it.items():
        yield name.replace("_", " "), f"{value:,}" if isinstance(value, (int, float)) else str(value), ""


_SAID = {"night": _night, "replay": _replay, "pages": _pages, "spark": _spark}


def gathered(out: Path) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Give, bench by bench, its rows: what was measured, how much, against what."""
    for path in sorted(out.glob("*.json")):
        if path.stem != "growth":
            held = json.loads(path.read_text())
            rows = _listed(held) if isinstance(held, list) else _SAID.get(path.stem, _plain)(held)
            yield path.stem, list(rows)


def growth_table(sizes: list[Figures]) -> str:
    """Write the sizes as a table, each with what a loan costs beside the size before."""
    lines = [
        "| loans | shards | load, s | GiB | night, s | loans a second | over its floor | GiB | a loan's cost |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    before = None
    for it in sizes:
        cost = it["night_seconds"] / it["loans"]
        beside = "" if before is None else f"{cost / before - 1:+.1%}"
        before = cost
        lines.append(
            f"| {it['loans']:,} | {it['shards']} | {it['load_seconds']:,} | {it['load_peak_gib']} "
            f"| {it['night_seconds']:,} | {it['loans_a_second']:,} | {it['ratio']} | {it['night_peak_gib']} "
            f"| {beside} |"
        )
    return "\n".join(lines) + "\n"


def draw(sizes: list[Figures], path: Path) -> None:
    """Draw seconds and memory by size; both axes grow tenfold a step, so that what is linear is straight."""
    mpl.rcParams.update({"svg.hashsalt": "growth", "font.size": 9, "axes.spines.top": False})
    loans = [it["loans"] for it in sizes]
    figure, axes = pyplot.subplots(figsize=(7.2, 3.6))
    for name, said, mark in (
        ("load_seconds", "load", "^"),
        ("night_seconds", "night", "o"),
        ("floor_seconds", "floor", "s"),
    ):
        axes.loglog(loans, [it[name] for it in sizes], marker=mark, label=f"{said}, seconds")
    straight = sizes[-2 if len(sizes) > 1 else -1]
    axes.loglog(
        loans,
        [straight["night_seconds"] / straight["loans"] * each for each in loans],
        color="grey",
        linestyle=":",
        label="in proportion",
    )
    axes.set_xlabel("loans")
    axes.set_ylabel("seconds")
    memory = axes.twinx()
    memory.plot(loans, [it["night_peak_gib"] for it in sizes], color="tab:red", linestyle="--", marker=".")
    memory.set_ylim(0, 8)
    memory.set_ylabel("night's peak memory, GiB", color="tab:red")
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Write report.md, and growth.svg where growth was measured."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--into", type=Path, default=OUT)
    into: Path = asked.parse_args().into
    into.mkdir(exist_ok=True)
    when = datetime.now(UTC).date()
    lines = [
        f"# Benches, {when}\n",
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.machine()}.\n",
    ]
    if (OUT / "growth.json").exists():
        sizes = json.loads((OUT / "growth.json").read_text())
        draw(sizes, into / "growth.svg")
        lines += [
            "## How cost grows\n",
            growth_table(sizes),
            "![seconds and memory by the number of loans](growth.svg)\n",
        ]
    for bench, rows in gathered(OUT):
        lines += [f"## {bench}\n", "| what | measured | beside |", "| --- | ---: | --- |"]
        lines += [f"| {what} | {value} | {beside} |" for what, value, beside in rows]
        lines.append("")
    (into / "report.md").write_text("\n".join(lines))
    print(into / "report.md")


if __name__ == "__main__":
    main()
