"""The number of a contact that was allowed, told to whoever asked."""
