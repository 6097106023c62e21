"""The life of one loan: its events replayed in order, its unpaid tail made anew at each that changes it."""
