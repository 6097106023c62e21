"""The ledger of contact: written in one place, an entry after the other."""
