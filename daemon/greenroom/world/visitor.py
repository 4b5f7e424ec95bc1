"""What the virtual candidate does with their hands: which button they press, and when. Pure."""

from __future__ import annotations

from greenroom.events import Begin, ChooseSetUp, ClientCommand, GiveConsent
from greenroom.records import Consent, SetUp

READ_S = {"attract": 2.0, "consent": 2.5, "set_up": 2.0}
"""How long each screen is read."""
ECHO_S = 15.0
"""Nobody waits longer for a booth that listens to itself: starting takes up to 5 s of it, and the sweep 4 s."""


def press(phase: str, phase_since_t: float, now_t: float, set_up: SetUp, *,
          listens_to_itself: bool = False) -> ClientCommand | None:
    """The command that is due now, if any. Everything after the set-up is done by voice.

    ``listens_to_itself``: the booth is about to measure its echo, which it does while nobody is there.
    """
    read_s = ECHO_S if phase == "attract" and listens_to_itself else READ_S.get(phase, float("inf"))
    if now_t - phase_since_t < read_s:
        return None
    match phase:
        case "attract":
            return Begin(t=now_t, t_known=now_t)
        case "consent":
            return GiveConsent(t=now_t, t_known=now_t, consent=Consent())
        case "set_up":
            return ChooseSetUp(t=now_t, t_known=now_t, set_up=set_up)
        case _:
            return None
