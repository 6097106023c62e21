"""Adoption: what was agreed to becomes a version of the rulebook that the next night reads."""
