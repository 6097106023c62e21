"""Lending door: what a debtor may not have for now, by which rule; freezes, proposed by one, approved by another."""
