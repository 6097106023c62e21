"""The worklist: what each officer must do today; and the adoption of a published day, which opens and closes work."""
