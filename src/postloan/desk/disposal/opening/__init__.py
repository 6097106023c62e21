"""What a published day opens and closes of the ledger of disposal."""
