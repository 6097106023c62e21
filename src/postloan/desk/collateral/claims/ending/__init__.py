"""How a claim ends: its money on the loans, the collateral restored with it, or nothing; each agreed to by others."""
