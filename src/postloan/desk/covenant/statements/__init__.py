"""Statements by workbook: a template, what a workbook says, a preview, and rows for the next night."""
