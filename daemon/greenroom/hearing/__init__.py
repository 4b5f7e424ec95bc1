"""From sound to words and measures."""
