"""A home with the small bank in it and two nights published: what the command line is walked through."""

import os
from datetime import date
from pathlib import Path

import pytest

from feeds import SMALL_BANK_DAY, small_bank, write_feed
from postloan.intake.load import load_feeds
from postloan.night.run import run_nights

os.environ["POSTLOAN_LANG"] = "en"  # The help is worded when the command line is first imported.


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small bank with nights on 2024-01-31 and 2024-03-31. Tests only read it."""
    folder = tmp_path_factory.mktemp("home")
    bank = small_bank()
    bank["debtor"] = [
        each | ({} if each["legal_form"] == "person" else {"industry_code": "J6620"}) for each in bank["debtor"]
    ]
    load_feeds(folder, write_feed(folder / "feeds", SMALL_BANK_DAY, bank), shards=2)
    list(run_nights(folder, [date(2024, 1, 31), date(2024, 3, 31)]))
    return folder
