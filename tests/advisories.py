"""Ask what is known against the packages that Postloan runs with, and say plainly where nobody could be asked.

    python tests/advisories.py [--offline]

Exits with 1 where something is known against one, and with 2 where not all could be asked, unless --offline allows it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Ask, and tell."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--offline", action="store_true", help="not being able to ask is no fault")
    is_offline = reader.parse_args().offline
    with tempfile.TemporaryDirectory() as held:
        named = Path(held) / "requirements.txt"
        uv = [
            sys.executable,
            "-m",
            "uv",
            "export",
            "--frozen",
            "--no-dev",
            "--all-extras",
            "--no-emit-project",
            "--quiet",
        ]
        subprocess.run([*uv, "--output-file", str(named)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        ask = [
            sys.executable,
            "-m",
            "pip_audit",
            "-r",
            str(named),
            "--disable-pip",
            "--require-hashes",
            "--format",
            "json",
        ]
        asked = subprocess.run(ask, capture_output=True, text=True, check=False)
    try:
        told = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        sys.stdout.write(f"advisories: NOT ASKED: {(asked.stderr.strip().splitlines() or ['no answer'])[-1]}\n")
        return 0 if is_offline else 2
    return report(told, is_offline=is_offline)


def report(told: list[dict[str, object]], *, is_offline: bool) -> int:
    """Tell what is known, and of which packages nobody knew."""
    known = [(each["name"], each["version"], found["id"]) for each in told for found in each.get("vulns", [])]
    left = [str(each["name"]) for each in told if "skip_reason" in each]
    for name, version, advisory in known:
        sys.stdout.write(f"advisories: {name} {version}: {advisory}\n")
    sys.stdout.write(f"advisories: {len(told) - len(left)} of {len(told)} packages asked, {len(known)} known\n")
    if left:
        sys.stdout.write(f"advisories: NOT ASKED of {len(left)}: {', '.join(left[:5])} ...\n")
    return 1 if known else 2 if left and not is_offline else 0


if __name__ == "__main__":
    raise SystemExit(main())
