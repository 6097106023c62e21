"""The plan: the table of contents of the engine, and its answers to what-if and why."""
