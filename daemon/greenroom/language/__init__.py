"""What the interviewer says next."""
