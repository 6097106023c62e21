"""Supervision: inspections inspected by sample."""
