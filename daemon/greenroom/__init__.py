"""Greenroom: an interview-practice booth in a box."""

__version__ = "0.1.0"
