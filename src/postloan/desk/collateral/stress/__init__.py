"""The yearly stress of collateral: what is left short where values fall, and what the bank does about it."""
