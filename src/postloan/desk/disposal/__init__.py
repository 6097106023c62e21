"""The desk of disposal: what time takes away from the bank's claims, sorted by what is lost first."""
