"""Impairment: runs are reviewed and signed, single loans assessed by hand, and what was expected held to account."""
