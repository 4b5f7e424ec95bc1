"""The candidate's own picture on its way to the kiosk: the newest one in a slot, for as long as somebody looks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from greenroom.errors import CommandRefused, JobsFull
from greenroom.events import FaceObservation, SelfPicture, WorkerEvent, WorkerReady
from greenroom.ports import WorkerPort
from greenroom.requests import ShowSelf
from greenroom.seeing import framing
from greenroom.seeing.framing import Framing
from greenroom.server.protocol import SelfView

MAX_VIEWS = 4
"""The kiosk needs one, and for a moment two when its page is loaded again."""


class View:
    """One who looks: a slot of one picture, in which the newest wins."""

    def __init__(self) -> None:
        self._newest: SelfView | None = None
        self._is_over = False
        self._has_news = asyncio.Event()

    async def newest(self) -> SelfView | None:
        """The next picture, when there is one; None when there will be none any more."""
        await self._has_news.wait()
        if self._is_over:
            return None
        self._has_news.clear()
        newest, self._newest = self._newest, None
        return newest

    def put(self, picture: SelfView) -> None:
        self._newest = picture
        self._has_news.set()

    def end(self) -> None:
        self._newest, self._is_over = None, True
        self._has_news.set()


class SelfViews:
    """Has the vision worker send pictures while there is a view, and forgets each one when it is handed on.

    ``place`` names the session whose candidate may look at themselves now, or is None; ``changed`` hears when the first
    view begins and the last one is over. ``take`` wants to see the events of the vision worker, ``follow`` to be called
    often: views end with the sensor check.
    """

    def __init__(self, vision: WorkerPort, place: Callable[[], str | None], changed: Callable[[bool], None]) -> None:
        self._vision = vision
        self._place_of = place
        self._changed = changed
        self._place: str | None = None
        self._views: list[View] = []
        self._framing: Framing | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[View]:
        """A view within the block. Raises ``CommandRefused`` where there is nothing to see, and ``JobsFull``."""
        self.follow()
        place = self._place_of()
        if place is None:
            raise CommandRefused("candidates see themselves in the sensor check only, and only where the booth may "
                                 "show it", fix="set interview.self_view, and ask again in the sensor check")
        if len(self._views) >= MAX_VIEWS:
            raise JobsFull(f"{MAX_VIEWS} screens show the candidate already", fix="close one")
        view = View()
        self._views.append(view)
        if len(self._views) == 1:
            self._place = place
            self._switch(is_on=True)
        try:
            yield view
        finally:
            view.end()
            if view in self._views:
                self._views.remove(view)
                if not self._views:
                    self._switch(is_on=False)

    def follow(self) -> None:
        """End what must not go on."""
        if self._views and self._place_of() != self._place:
            for view in self._views:
                view.end()
            self._views.clear()
            self._switch(is_on=False)

    def take(self, event: WorkerEvent) -> None:
        """An event of any worker."""
        match event:
            case WorkerReady(worker="vision") if self._views:
                self._vision.send(ShowSelf(is_on=True))
            case FaceObservation() if self._views:
                self._framing = framing.follow(self._framing, event)
            case SelfPicture() if self._views and self._place_of() == self._place:
                told = "unknown" if self._framing is None else self._framing.told
                for view in self._views:
                    view.put(SelfView(t=event.t, framing=told, jpeg=event.jpeg))
            case _:
                pass

    def _switch(self, *, is_on: bool) -> None:
        self._framing = None
        self._vision.send(ShowSelf(is_on=is_on))
        self._changed(is_on)
