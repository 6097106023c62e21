"""Judging a debtor on arrival: which signals the events that no night knows yet raise, and what follows at once."""
