"""What of contact moves with a debtor whom the book keeps in another office."""
