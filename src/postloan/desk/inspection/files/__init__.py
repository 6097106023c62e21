"""Photos and documents of an inspection: checked by content, kept by hash, compared with all others."""
