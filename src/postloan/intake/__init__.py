"""Intake: feeds in, facts out; a row is accepted, or quarantined with its reason."""
