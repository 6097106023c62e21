"""Exceptions (例外事项): one register of overrides, late work, returned work and breaches, as of any published day."""
