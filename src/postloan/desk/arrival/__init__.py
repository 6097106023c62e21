"""Events judged on arrival: posted by other systems, held against the latest day, and handed to the next night."""
