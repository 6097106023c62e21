"""The studio's rules for the tests' bank, which is four months old and cannot look six months ahead."""

from pathlib import Path

from postloan.rules.sources import shipped_rules


def look_ahead_shortly(home: Path) -> None:
    """Let the bank look two months ahead."""
    shipped = (shipped_rules() / "desk" / "studio.yaml").read_text()
    folder = home / "rulebook" / "desk"
    folder.mkdir(parents=True, exist_ok=True)
    shorter = shipped.replace("within_months: 6, early_from_months: 3", "within_months: 2, early_from_months: 2")
    (folder / "studio.yaml").write_text(shorter)
