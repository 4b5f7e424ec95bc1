"""What the virtual candidate does with their hands: which button they press, and when. Pure."""

from __future__ import annotations

from greenroom.events import Begin, ChooseSetUp, ClientCommand, GiveConsent
from greenroom.records import Consent, SetUp

READ_S = {"attract": 2.0, "consent": 2.5, "set_up": 2.0}
"""How long each screen is read."""


def press(phase: str, phase_since_t: float, now_t: float, set_up: SetUp) -> ClientCommand | None:
    """The command that is due now, if any. Everything after the set-up is done by voice."""
    if now_t - phase_since_t < READ_S.get(phase, float("inf")):
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
