"""Collateral disposed of outside court, by agreement with its owner (协议处置押品)."""
