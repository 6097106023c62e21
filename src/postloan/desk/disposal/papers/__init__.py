"""Papers of disposal: told by their bytes, kept under their hash."""
