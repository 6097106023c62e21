"""Packages of bad loans: who may be in one, what is looked into, its price, bids and result."""
