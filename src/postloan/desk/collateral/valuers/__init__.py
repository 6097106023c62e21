"""Valuers: the bank's list of outside valuers, who may value which class from which day, and what is refused by it."""
