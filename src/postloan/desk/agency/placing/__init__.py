"""Placing cases with an agency: the debtor told first, the placement afterwards, and taken back."""
