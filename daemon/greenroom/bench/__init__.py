"""Measurements of the booth by itself."""
