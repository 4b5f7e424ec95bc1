"""What the candidate takes home."""
