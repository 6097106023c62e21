"""Steps at law as rows of feed `legal_event`: what desks tell the next night, so that the legal clocks follow them."""

from datetime import date

from postloan.tables.inputs import FEED_TABLES

TABLE = "legal_event"
COLUMNS = tuple(name for name in FEED_TABLES[TABLE].create_empty().columns if name != "known_on")
_PROOF_MOST = 200


def legal_row(
    event_id: str, loan_id: str, kind: str, on: date, *, ends_on: date | None = None, proof: str = "",
    guarantee_id: str = "", asset_kind: str = "", asset_id: str = "",
) -> dict[str, str]:  # fmt: skip
    """A step that concerns a loan, as a file of the feed writes it; what is empty is not told.

    kind          a word that the legal clocks know.
    ends_on       the day on which its effect ends; guarantee_id where it is against a guarantor.
    asset         the thing that was seized or taken, and its kind.
    """
    return dict.fromkeys(COLUMNS, "") | {
        "legal_event_id": event_id, "loan_id": loan_id, "kind": kind, "happened_on": on.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else "", "proof": proof[:_PROOF_MOST], "guarantee_id": guarantee_id,
        "asset_kind": asset_kind, "asset_id": asset_id,
    }  # fmt: skip
