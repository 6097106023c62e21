"""Serves the demo bank in a home folder: serve_bank.py HOME PORT."""

import os
import sys
from pathlib import Path

from postloan.site import serving

# The server is a program of its own: it finds the walks' settings by its environment.
os.environ |= {"DJANGO_SETTINGS_MODULE": "walk_settings", "PYTHONPATH": str(Path(__file__).parent)}
home, port = Path(sys.argv[1]), int(sys.argv[2])
serving.set_up(home)

from postloan.site.demo_contacts import contact_a_little  # noqa: E402 - needs Django set up

contact_a_little()
serving.serve("127.0.0.1", port, 1)
