"""The virtual booth: a room, a candidate and the truth about both."""
