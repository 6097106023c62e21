"""Sending what is due: claimed by one sender, asked of the gate, handed to a door, and marked."""
