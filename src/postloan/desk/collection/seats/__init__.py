"""Seats: who collects in which team, and how many cases."""
