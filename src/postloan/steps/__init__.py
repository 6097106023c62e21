"""Steps: one module a step of the night; each takes tables and the law it needs, and returns a table."""
