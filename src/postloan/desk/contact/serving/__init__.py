"""Letters that went out beside the gate, told to the ledger so that the borrower may see them."""
