"""Warning desk: one case a debtor for all its signals, verified, acted on, and lifted by a second person."""
