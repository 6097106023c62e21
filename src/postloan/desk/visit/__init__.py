"""Visits: planned for a case of collection with two people, made in the hours that the gate allows, with photos."""
