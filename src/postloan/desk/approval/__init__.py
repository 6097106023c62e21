"""Approval: matters that several people agree to, one after the other, by chains that are data."""
