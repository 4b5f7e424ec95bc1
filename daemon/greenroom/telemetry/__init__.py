"""Live meters and their distribution to clients."""
