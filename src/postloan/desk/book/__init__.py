"""The book: loans, debtors, groups and collateral of any published day, read from its snapshot and copied nowhere."""
