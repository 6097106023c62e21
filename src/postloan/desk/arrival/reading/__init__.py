"""Reading a text: whether it tells good or bad, and of whom."""
