"""Door 2: what the desk decided goes to the next night, and comes back where intake refuses it."""
