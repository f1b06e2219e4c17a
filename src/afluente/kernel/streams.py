"""Live streams: hundreds of open connections in one event loop, fed from one reader per workspace.

Each stream remembers by snapshot what its reader has (kernel.snapshots), so it does not matter
whether a change reaches it by the catch-up when it was opened, by the room's reading, or by both.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from afluente.kernel import metrics
from afluente.kernel.changes import Batch, Viewer, Visible, encode, stand
from afluente.kernel.snapshots import Cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from afluente.kernel.asgi import Receive, Send

THREADS = 2  # for reading the log
ALIVE_EVERY = 20.0  # seconds between two signs of life on a silent stream
RECHECK_EVERY = 30.0  # seconds; besides whenever anything was committed
BACKLOG = 262_144  # bytes a reader may be behind before the stream is cut and caught up anew
LAST_WORDS = 1.0  # seconds a stream that must end may take to say so
RETRY_MS = 1000

HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
)

log = logging.getLogger(__name__)
T = TypeVar("T")


class Source(Protocol):
    """What the streams read; implemented where the slices are known. Called in threads."""

    def read(self, workspace_id: int, cursor: Cursor | None) -> Batch:
        """What is new since `cursor`; without one, only the present snapshot."""

    def visible(self, viewer: Viewer, batch: Batch) -> Visible:
        """Which contacts and deals of the batch `viewer` may see."""

    def still_allowed(self, viewers: Sequence[Viewer]) -> Mapping[Viewer, Viewer]:
        """Those who may go on, each as they are now."""


@dataclass(eq=False)
class Stream:
    """One open connection."""

    viewer: Viewer
    task: asyncio.Task[Any] | None
    position: Cursor | None = None  # None: still catching up
    early: list[tuple[Batch, Visible]] = field(default_factory=list)
    buffer: list[bytes] = field(default_factory=list)
    size: int = 0
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    is_ended: bool = False

    def begin(self, batch: Batch, visible: Visible, cursor: Cursor | None) -> None:
        """Hand over the catch-up, then what came meanwhile."""
        since = cursor or Cursor(batch.snapshot)
        self.push(encode(batch, self.viewer, visible, since=since))
        self.position = Cursor(batch.snapshot)
        self.push(stand(self.position))
        for later, seen in self.early:
            self.take(later, seen)
        self.early.clear()

    def take(self, batch: Batch, visible: Visible, made: dict[str, bytes] | None = None) -> None:
        """Hand over what the room read. `made` shares the text among those who see the same."""
        if self.position is None:
            self.early.append((batch, visible))
            return
        if not batch.snapshot.is_newer_than(self.position.seen):
            return
        if made is None or not self.viewer.sees_all:
            text = encode(batch, self.viewer, visible, since=self.position)
        else:
            key = f"{self.position} {self.viewer.member_id if batch.is_personal else ''}"
            if key not in made:
                made[key] = encode(batch, self.viewer, visible, since=self.position)
            text = made[key]
        self.position = Cursor(batch.snapshot)
        self.push(text)

    def push(self, text: bytes) -> None:
        if not text or self.is_ended:
            return
        self.buffer.append(text)
        self.size += len(text)
        if self.size > BACKLOG:
            metrics.streams_dropped.add()
            self.end()
        self.woken.set()

    def flush(self) -> bytes:
        text = b"".join(self.buffer)
        self.buffer.clear()
        self.size = 0
        self.woken.clear()
        return text

    def end(self) -> None:
        """End the stream soon, also when its reader does not take what was sent."""
        if not self.is_ended:
            self.is_ended = True
            self.woken.set()
            if self.task is not None:
                asyncio.get_running_loop().call_later(LAST_WORDS, self.task.cancel)


@dataclass(eq=False)
class Room:
    """The streams of one workspace, and up to where the log was read for them."""

    workspace_id: int
    streams: set[Stream] = field(default_factory=set)
    cursor: Cursor | None = None
    is_dirty: bool = False
    reading: asyncio.Task[None] | None = None


class Hub:
    """All streams of this process. Made inside the event loop; `wake` and `look` may be called from
    other threads.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self._rooms: dict[int, Room] = {}
        self._checking: asyncio.Task[None] | None = None
        self._checked_at = self._loop.time()

    @property
    def count(self) -> int:
        return sum(len(room.streams) for room in self._rooms.values())

    def wake(self, workspace_id: int | None) -> None:
        """There may be something new in a workspace; None: anywhere."""
        self._loop.call_soon_threadsafe(self._mark, workspace_id)

    def look(self, is_changed: bool) -> None:
        """The database was looked at, and something was committed since the last time or not."""
        self._loop.call_soon_threadsafe(self._check, is_changed)

    def stop(self) -> None:
        """End every stream; browsers reconnect by themselves. Call it in the event loop."""
        for room in self._rooms.values():
            for stream in room.streams:
                stream.end()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Ask the database, in one of the hub's threads."""
        return await self._loop.run_in_executor(self._pool, function, *args)

    async def serve(self, viewer: Viewer, cursor: Cursor | None, receive: Receive, send: Send) -> None:
        """Answer with a stream for `viewer`, from `cursor` on, until somebody ends it."""
        stream = Stream(viewer, asyncio.current_task())
        room = self._rooms.setdefault(viewer.workspace_id, Room(viewer.workspace_id))
        room.streams.add(stream)  # first: what is read for the room from now on is kept for us
        leaving = asyncio.create_task(_until_gone(receive, stream))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
            await send(_body(f"retry: {RETRY_MS}\n\n".encode()))
            await self._begin(stream, room, cursor)
            await _pass_on(stream, send)
        except asyncio.CancelledError:
            if not stream.is_ended:
                raise
        finally:
            leaving.cancel()
            room.streams.discard(stream)
            if not room.streams and self._rooms.get(room.workspace_id) is room:
                del self._rooms[room.workspace_id]

    async def _begin(self, stream: Stream, room: Room, cursor: Cursor | None) -> None:
        batch, visible = await self.run(self._catch_up, stream.viewer, cursor)
        stream.begin(batch, visible, cursor)
        # Read for the room from the oldest place anybody stands at. Going back costs nothing: each
        # stream knows what it has.
        if room.cursor is None or room.cursor.seen.is_newer_than(batch.snapshot):
            room.cursor = Cursor(batch.snapshot)
        self._refresh(room)

    def _catch_up(self, viewer: Viewer, cursor: Cursor | None) -> tuple[Batch, Visible]:
        batch = self._source.read(viewer.workspace_id, cursor)
        return batch, {} if viewer.sees_all else self._source.visible(viewer, batch)

    # Reading for a room

    def _mark(self, workspace_id: int | None) -> None:
        rooms = self._rooms.values() if workspace_id is None else [self._rooms.get(workspace_id)]
        for room in rooms:
            if room is not None:
                self._refresh(room)

    def _refresh(self, room: Room) -> None:
        room.is_dirty = True
        if room.reading is None and room.cursor is not None:
            room.reading = asyncio.create_task(self._read(room))

    async def _read(self, room: Room) -> None:
        try:
            while room.is_dirty and room.streams:
                room.is_dirty = False
                await self._read_once(room)
        except Exception as problem:  # noqa: BLE001  the next look reads again from the same place
            log.warning("Live updates wait: %s", str(problem).strip().partition("\n")[0])
            room.is_dirty = True
        finally:
            room.reading = None

    async def _read_once(self, room: Room) -> None:
        before = room.cursor
        limited = {s.viewer for s in room.streams if not s.viewer.sees_all}
        batch, seen_by = await self.run(self._look_for, room.workspace_id, before, limited)
        made: dict[str, bytes] = {}
        is_complete = True
        for stream in list(room.streams):
            if stream.viewer.sees_all or stream.viewer in seen_by:
                stream.take(batch, seen_by.get(stream.viewer, {}), made)
            else:
                is_complete = False  # joined, or sees less, since we asked: once more from here
        if not is_complete:
            room.is_dirty = True
        elif room.cursor is before:
            room.cursor = Cursor(batch.snapshot)

    def _look_for(
        self, workspace_id: int, cursor: Cursor | None, limited: set[Viewer]
    ) -> tuple[Batch, dict[Viewer, Visible]]:
        batch = self._source.read(workspace_id, cursor)
        return batch, {viewer: self._source.visible(viewer, batch) for viewer in limited}

    # Looking after those who read

    def _check(self, is_changed: bool) -> None:
        for room in self._rooms.values():
            if room.is_dirty:
                self._refresh(room)  # a reading that failed
        is_due = is_changed or self._loop.time() - self._checked_at > RECHECK_EVERY
        if is_due and self._rooms and self._checking is None:
            self._checked_at = self._loop.time()
            self._checking = asyncio.create_task(self._recheck())

    async def _recheck(self) -> None:
        streams = [stream for room in self._rooms.values() for stream in room.streams]
        try:
            allowed = await self.run(self._source.still_allowed, list({s.viewer for s in streams}))
        except Exception as problem:  # noqa: BLE001  asked again in a second
            log.warning("Open streams were not checked: %s", str(problem).strip().partition("\n")[0])
            return
        finally:
            self._checking = None
        for stream in streams:
            now = allowed.get(stream.viewer)
            if now is None:
                stream.end()
            elif now.reach != stream.viewer.reach:
                stream.viewer = replace(stream.viewer, reach=now.reach)
                stream.push(b'data: {"kind":"reload"}\n\n')


async def _pass_on(stream: Stream, send: Send) -> None:
    """Send what the stream holds until it ends; a sign of life when there is nothing."""
    while not stream.is_ended:
        try:
            async with asyncio.timeout(ALIVE_EVERY):
                await stream.woken.wait()
        except TimeoutError:
            if stream.position is not None:
                stream.push(stand(stream.position))
        text = stream.flush()
        if text and not stream.is_ended:
            await send(_body(text))
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


def _body(text: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": text, "more_body": True}
