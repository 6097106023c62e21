"""Classification: each quarter every loan's tier is looked at by people, and what they find worse goes to the night."""
