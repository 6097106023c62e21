"""Law firms and lawyers, what they are asked to do, what it costs and what comes of it."""
