"""Calls: loans that fall short of their collateral are called at adoption, told, answered and closed."""
