"""From text to sound and mouth shapes."""
