"""Where deeds on a case of disposal begin, and the line that each leaves in its ledger."""
