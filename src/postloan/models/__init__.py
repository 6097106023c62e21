"""Models: estimates with a card each; the only floats in the house."""
