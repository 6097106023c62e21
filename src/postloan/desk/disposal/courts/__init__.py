"""Proceedings against debtors, from the suit to the last auction, held against the law of judicial sale."""
