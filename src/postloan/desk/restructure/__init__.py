"""Restructuring: options compared, offers made, consents gathered, agreed to and handed to the night."""
