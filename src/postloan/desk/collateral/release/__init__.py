"""Releases: a collateral given back, or another in its place."""
