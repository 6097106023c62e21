"""Flipped bits and cut files: in what is published, in what is not yet, in facts, and in manifests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from at_fault import ON, HarnessError, Trial, copied, files, instants, killed, refused, right, run

NIGHT = ("night", ON, "--workers", 0)


def flipped(trial: Trial, path: Path) -> None:
    """Flip one bit."""
    content = bytearray(path.read_bytes())
    content[trial.chance.randrange(len(content))] ^= 1 << trial.chance.randrange(8)
    anew(path, bytes(content))


def cut(trial: Trial, path: Path) -> None:
    """Cut a file short."""
    content = path.read_bytes()
    anew(path, content[: trial.chance.randrange(len(content))])


def anew(path: Path, content: bytes) -> None:
    """Give a name other contents: the old may be linked from elsewhere."""
    path.unlink()
    path.write_bytes(content)


def damaged(trial: Trial, paths: list[Path]) -> list[tuple[Callable[[Trial, Path], None], Path]]:
    """Draw files, none twice while there are others, and how each is damaged: flipped first."""
    drawn = list(trial.each(range(len(paths))))
    return [((flipped, cut)[at % 2], paths[which]) for at, which in enumerate(drawn)]


@pytest.mark.fault("a published file damaged", planted="sizes_only")
def test_a_damaged_published_file_is_not_adopted_and_the_next_night_replaces_it(
    trial: Trial, book: Path, tmp_path: Path
) -> None:
    for spoil, path in damaged(trial, sorted((book / "calm" / "snapshots").glob("*/*/*.parquet"))):
        home = copied(book / "calm", tmp_path / "home")
        spoil(trial, home / path.relative_to(book / "calm"))
        right(home, *NIGHT, defect=trial.defect)
        assert files(home, "snapshots") == files(book / "calm", "snapshots"), f"{spoil.__name__} {path.name}"


@pytest.mark.fault("a file of an unfinished night damaged", planted="sizes_only")
def test_a_damaged_file_of_an_unfinished_night_is_computed_again(trial: Trial, book: Path, tmp_path: Path) -> None:
    counted = copied(book / "home", tmp_path / "counted")
    last = min(at for at, _kind, what in instants(counted, *NIGHT) if what.startswith("snapshots/"))
    begun = copied(book / "home", tmp_path / "begun")
    trial.chance.seed(1)
    as_it_is = Trial(trial.fault, "", is_planted=False, instants=1, chance=trial.chance)
    killed(as_it_is, begun, last, *NIGHT)
    kept = [path for path in (begun / "nights").rglob("*") if path.is_file() and path.name != "pins.json"]
    if len(kept) < 10:
        raise HarnessError(kept)
    for spoil, path in [*damaged(trial, sorted(kept)), (cut, next((begun / "nights").glob("*/pins.json")))]:
        home = copied(begun, tmp_path / "home")
        spoil(trial, home / path.relative_to(begun))
        right(home, *NIGHT, defect=trial.defect)
        assert files(home, "snapshots") == files(book / "calm", "snapshots"), f"{spoil.__name__} {path.name}"


@pytest.mark.fault("a file of the facts damaged", planted="no_sums")
def test_a_damaged_file_of_the_facts_is_named_and_nothing_is_published_of_it(
    trial: Trial, book: Path, tmp_path: Path
) -> None:
    parts = (book / "home" / "facts" / "parts").glob("*/*/*.parquet")
    for spoil, path in damaged(trial, sorted(each for each in parts if each.parent.name != "numbers")):
        home = copied(book / "home", tmp_path / "home")
        place = home / path.relative_to(book / "home")
        spoil(trial, place)
        ended = run(home, *NIGHT, defect=trial.defect)
        refused(ended, "PL-I11")
        assert str(place) in ended.err
        assert not (home / "snapshots").exists()
        anew(place, path.read_bytes())
        right(home, *NIGHT, defect=trial.defect)
        assert files(home, "facts", "snapshots") == files(book / "calm", "facts", "snapshots"), path.name


@pytest.mark.fault("a manifest or pointer cut short", planted="manifest_believed")
def test_a_manifest_cut_short_is_refused_and_made_anew(trial: Trial, book: Path, tmp_path: Path) -> None:
    said = [*(book / "calm" / "snapshots").glob("*/manifest.json"), *(book / "calm" / "snapshots").glob("*.json")]
    for _spoil, path in damaged(trial, sorted(said)):
        home = copied(book / "calm", tmp_path / "home")
        cut(trial, home / path.relative_to(book / "calm"))
        refused(run(home, "report", "tiers", "--on", ON, defect=trial.defect), "PL-N05")
        right(home, *NIGHT, defect=trial.defect)
        assert files(home, "snapshots") == files(book / "calm", "snapshots"), path.name
