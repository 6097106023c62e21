"""Consents of guarantors and mortgagors, each a paper that was handed in."""
