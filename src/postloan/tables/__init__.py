"""Tables: the shape of everything that crosses a door. Shapes only, no arithmetic."""
