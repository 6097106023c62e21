"""The contact gate: whether a contact may be made, and the proof that none was made otherwise."""
