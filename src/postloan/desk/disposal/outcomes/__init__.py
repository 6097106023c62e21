"""What loans come to by each route: drawn up, proved, agreed to, and handed to the next night."""
