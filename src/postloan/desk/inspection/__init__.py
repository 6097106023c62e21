"""Inspection after lending: what is due, the report and its review, what was found, and who inspects the inspectors."""
