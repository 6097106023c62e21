"""What collectors do with a case: contact, outcome, promise, and the way to court."""
