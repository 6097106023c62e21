"""Reports: how the book stands on a day, and how it moved between two."""
