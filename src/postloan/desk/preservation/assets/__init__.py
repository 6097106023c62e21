"""Repossessed assets: by when they are sold, how they are counted, what they have lost, and what a sale leaves."""
