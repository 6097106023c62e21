"""Matters: what one person proposes of collateral and others agree to."""
