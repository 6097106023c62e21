"""Signing: the allowance of a run is reviewed by one and signed by another."""
