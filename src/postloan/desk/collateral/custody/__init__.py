"""Custody: title documents come in and go out under the hands of two people, each time with a receipt."""
