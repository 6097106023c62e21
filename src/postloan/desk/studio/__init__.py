"""The rule studio: warning rules written, tried on history, agreed to, adopted from a day, retired."""
