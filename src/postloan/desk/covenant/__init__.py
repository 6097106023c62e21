"""Covenants: how promises are kept, notices, cures and waivers; and statements brought in by workbook."""
