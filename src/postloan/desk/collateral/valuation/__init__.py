"""Valuations: one collateral, or many by an index, looked at before they are proposed."""
