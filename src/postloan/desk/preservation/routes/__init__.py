"""Ways out of a bad debt side by side, and the one that is chosen."""
