"""The queue: one case at a time to whoever asks, never one case to two."""
