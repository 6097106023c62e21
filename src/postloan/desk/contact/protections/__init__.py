"""What protects whoever is contacted: complaints, points that want no contact, and what takes protection away."""
