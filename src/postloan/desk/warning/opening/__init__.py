"""What a published day's signals open, raise and end."""
