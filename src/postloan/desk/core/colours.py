"""The colours of charts: a tier and a level of warning have the same on every page, and a word beside it."""

TIER_COLOURS = {
    "pass": "#2f9e62", "special_mention": "#e8a200", "substandard": "#f76707", "doubtful": "#d63939",
    "loss": "#495057",
}  # fmt: skip
LEVEL_COLOURS = {"blue": "#174ea6", "yellow": "#c98a00", "orange": "#c2410c", "red": "#9f1c12"}
