"""Officers and offices: who works where, and what each may do."""
