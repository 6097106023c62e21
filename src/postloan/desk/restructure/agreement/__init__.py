"""The agreement that a restructuring is signed by."""
