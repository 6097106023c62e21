"""Collateral at the desk: values, calls for what falls short, title documents in and out, releases."""
