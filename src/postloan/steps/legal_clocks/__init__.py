"""Legal clocks: limitation, guarantee periods, enforcement, freezes and what else a passing day takes away."""
