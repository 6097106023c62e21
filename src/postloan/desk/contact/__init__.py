"""The contact gate: every attempt to reach somebody about a debt asks first, and the answer is kept."""
