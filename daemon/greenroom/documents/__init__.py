"""Job descriptions and CVs: from the bytes of a file to numbered lines."""
