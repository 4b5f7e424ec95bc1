"""The interview itself: states, turns, questions, session."""
