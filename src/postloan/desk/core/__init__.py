"""What every desk stands on: officers and offices, grants, decisions, the audit chain, the days adopted, lists."""
