"""Settlements that were agreed to and wait for the debtor to pay what it promised."""
