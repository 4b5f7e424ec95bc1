"""From pictures to head pose, gaze and presence."""
