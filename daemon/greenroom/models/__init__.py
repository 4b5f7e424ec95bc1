"""Which weights exist, where from, and whether they are whole."""
