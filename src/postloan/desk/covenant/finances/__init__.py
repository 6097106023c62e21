"""The finances of a debtor: its ratios, their course, where it stands among its industry, what does not add up."""
