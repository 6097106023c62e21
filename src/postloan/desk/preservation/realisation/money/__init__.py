"""The money of an agreed disposal: what it was sold for, what came in on loans, what the owner is given back."""
