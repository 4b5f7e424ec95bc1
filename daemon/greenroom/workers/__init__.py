"""The worker processes and how core talks to them."""
