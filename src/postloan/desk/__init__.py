"""The desk: where officers decide; it never edits a number."""
