"""Claims: a loss of insured collateral is noted, told, claimed, answered and closed, each step by its day."""
