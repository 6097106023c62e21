"""Outside agencies: a published list of them, what is placed with them, what they are paid, and how they are judged."""
