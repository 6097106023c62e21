"""The demo: a synthetic Chinese bank with known truth."""
