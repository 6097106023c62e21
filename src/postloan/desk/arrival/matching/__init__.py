"""Whom events concern, as people say it: matches confirmed and denied, debtors named, aliases kept."""
