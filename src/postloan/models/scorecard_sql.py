"""A scorecard as one plain SQL statement: CASE by characteristic, their sum, and the PD. No function but EXP."""

from postloan.models.card import Calibration, Characteristic, ScorecardPart


def as_sql(part: ScorecardPart, calibration: Calibration | None, *, table: str, keys: list[str]) -> str:
    """Write the statement that scores a table.

    keys    columns to carry along, such as the id.
    Gives   the keys, `points_1` … `points_J` by characteristic in card order, `score`, and `pd` where one line of
            calibration holds for all. A line by segment is left to the reader of `score`.
    """
    carried = "".join(f"{_quoted(key)}, " for key in keys)
    names = [f"points_{at}" for at in range(1, len(part.characteristics) + 1)]
    cases = ",\n".join(f"{_case(each)} AS {name}" for each, name in zip(part.characteristics, names, strict=True))
    scored = f"SELECT {carried}{', '.join(names)}, {' + '.join(names)} AS score\nFROM (\nSELECT {carried}\n{cases}\nFROM {_quoted(table)}\n) AS points"  # noqa: E501 - names are quoted  # nosec B608
    lines = calibration.lines if calibration else ()
    if len(lines) != 1 or lines[0].segment is not None:
        return f"{scored};\n"
    pd = f"1.0 / (1.0 + EXP(-({lines[0].intercept!r} + {lines[0].slope!r} * score)))"
    return f"SELECT scored.*, {pd} AS pd\nFROM (\n{scored}\n) AS scored;\n"  # numbers, and what was quoted above  # nosec B608


def _case(each: Characteristic) -> str:
    column = _quoted(each.name)
    lines = [f"  CASE -- {_remark(each.name)}", f"    WHEN {column} IS NULL THEN {each.missing.points}"]
    if each.kind == "number":
        lines += [f"    WHEN {column} <= {held.upper!r} THEN {held.points}" for held in each.bins[:-1]]
        lines.append(f"    ELSE {each.bins[-1].points}")
    else:
        for held in each.bins:
            names = ", ".join("'" + name.replace("'", "''") + "'" for name in held.categories)
            lines.append(f"    WHEN {column} IN ({names}) THEN {held.points}")
        lines.append(f"    ELSE {each.missing.points}")
    return "\n".join([*lines, "  END"])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _remark(name: str) -> str:
    return " ".join(name.split())
