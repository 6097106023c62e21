"""Loaders are run as a reader would run them."""

import subprocess
import sys
from pathlib import Path

import pytest
from real_books import REPOSITORY, Run


@pytest.fixture(scope="session")
def run_loader(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run `python examples/<book>.py RAW_DIR FEEDS_DIR`, with options, and return the folder of feeds."""

    def run(book: str, raw: Path, *options: str) -> Path:
        feeds = tmp_path_factory.mktemp(book) / "feeds"
        script = REPOSITORY / "examples" / f"{book}.py"
        command = [sys.executable, "-W", "error", str(script), str(raw), str(feeds), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return feeds

    return run
