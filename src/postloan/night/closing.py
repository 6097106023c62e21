"""Closing a published day: what was filed is written down, and stays beside whatever is computed later."""

from datetime import date
from pathlib import Path
from typing import Any

from postloan.errors import ClosingsDamaged, DayClosed, NotSettled, RequestWrong
from postloan.night.alone import alone
from postloan.night.pins import begun_nights
from postloan.plan.tie_out import tie_out
from postloan.snapshot.chain import Closing, append, content_hash, filed, last_hash, whole_closings
from postloan.snapshot.files import hash_of
from postloan.snapshot.publish import snapshot_folder
from postloan.snapshot.read import Edition, published_versions, read_manifest


def close(home: Path, on: date, *, by: str, note: str | None, closed_at: str) -> tuple[Closing, str]:
    """File the version of a published day that is read; return the record and its hash.

    by         who signs.
    note       why it is closed although something does not tie; needed then, free otherwise.
    closed_at  when, by the clock of whoever closes it.
    Raises NothingPublished, DayClosed, NotSettled, ClosingsDamaged, RequestWrong, HomeBusy.
    """
    if not by.strip():
        raise RequestWrong(message="A day is closed by a person.", hint="Say who signs: --by NAME.")
    with alone(home):
        closings = whole_closings(home)
        manifest, last = read_manifest(home, on), filed(home, on)
        versions, run = published_versions(home, on), manifest["run_id"]
        if last is not None and last.run_id == run:
            raise DayClosed(
                message=f"{on} was closed by {last.by} at {last.closed_at}, and nothing was published for it since.",
                hint=f"Load the correction and compute the day again: postloan night {on}. Then close the new version.",
                where={"on": on, "version": last.version, "run": last.run_id},
            )
        _require_checked(home, on, manifest)
        open_items = _open_items(home, on, manifest)
        if open_items and not (note or "").strip():
            raise NotSettled(
                message=f"{on} does not tie: {', '.join(f'{name} {count}' for name, count in open_items.items())}.",
                hint=f"See postloan report breaks --on {on} and tieout; settle them, or say why not with --note.",
                where={"on": on, **open_items},
            )
        closing = Closing(
            number=len(closings) + 1, on=on, runs=versions[: versions.index(run) + 1],
            content_sha256=content_hash(manifest),
            known_on=date.fromisoformat(manifest["pins"]["known_on"]), loads=manifest["pins"].get("feeds", {}),
            by=by.strip(), note=note, closed_at=closed_at, open_items=open_items, before=last_hash(home),
        )  # fmt: skip
        return closing, append(home, closing)


def verify_closings(home: Path) -> tuple[int, str | None]:
    """See that every closing stands as it was made and every filed run as it was filed; return how many, the last hash.

    Raises ClosingsDamaged with everything that does not hold.
    """
    closings = whole_closings(home)
    faults: dict[str, str] = {}
    for closing in closings:
        fault = _fault_of_run(home, closing)
        if fault:
            faults[f"{closing.on} version {closing.version}"] = fault
    if faults:
        raise ClosingsDamaged(
            message="What was filed is not what lies here.",
            hint="Restore the snapshots that are named from a copy.",
            where=faults,
        )
    return len(closings), last_hash(home)


def _require_checked(home: Path, on: date, manifest: dict[str, Any]) -> None:
    """Refuse a day of which a check failed; no note helps."""
    failed = [check["name"] for check in manifest.get("checks", []) if not check["passed"]]
    begun = begun_nights(home, on)
    if failed or begun:
        raise NotSettled(
            message=f"A night of {on} failed its checks or did not end, and none was published since.",
            hint=f"Run it to its end, or publish the one that counts again: postloan night {on}.",
            where={"on": on, "checks": ", ".join(failed), "nights": ", ".join(folder.name for folder in begun)},
        )


def _open_items(home: Path, on: date, manifest: dict[str, Any]) -> dict[str, int]:
    """Count what does not tie: breaks with the core by kind, and lines of the general ledger."""
    breaks = manifest.get("totals", {}).get("breaks", {})
    counts = {f"break_{kind}": count for kind, count in breaks.items()} | {"tieout": tie_out(home, on).differing}
    return {name: count for name, count in counts.items() if count}


def _fault_of_run(home: Path, closing: Closing) -> str | None:
    """Say what is wrong with a filed run, or None."""
    folder = snapshot_folder(home, closing.run_id)
    if not (folder / "manifest.json").is_file():
        return "the filed run is gone"
    manifest = read_manifest(home, Edition.of(closing.on, closing.run_id))
    if content_hash(manifest) != closing.content_sha256:
        return "the manifest of the filed run was changed"
    changed = [
        name
        for name, said in manifest["files"].items()
        if not (folder / name).is_file() or hash_of(folder / name) != said["sha256"]
    ]
    return f"changed or gone: {', '.join(changed[:3])}" if changed else None
