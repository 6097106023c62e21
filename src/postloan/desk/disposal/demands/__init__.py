"""Demands on guarantors: recorded with their proof, and told to the night, whose clocks then say what they kept."""
