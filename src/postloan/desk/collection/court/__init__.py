"""Cases that leave the queue: to a court by an approval, to an outside agency, and back."""
