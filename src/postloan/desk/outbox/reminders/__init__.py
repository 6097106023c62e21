"""Reminders before a day falls due and after it: opened in bulk when a published day arrives."""
