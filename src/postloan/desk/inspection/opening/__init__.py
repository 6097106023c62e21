"""What a day makes due, and the opening of inspections."""
