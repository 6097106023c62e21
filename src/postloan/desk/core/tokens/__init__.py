"""Tokens: how another system of the bank speaks for an officer's account without its password."""
