"""Photos of visits: kept as those of inspections are, and held against all others."""
