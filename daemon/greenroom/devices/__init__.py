"""Microphone, loudspeaker, camera, echo canceller, and their virtual twins."""
