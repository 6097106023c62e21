"""What a change of terms makes of a schedule as it stands, in whole cents."""
