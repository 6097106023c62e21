"""What inspections found wrong, and its correction."""
