"""Features of debtors for early warnings, one module a family."""
