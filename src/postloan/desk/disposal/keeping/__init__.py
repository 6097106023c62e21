"""Who keeps a case of disposal once preservation has its file."""
