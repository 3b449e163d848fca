"""Which calls a session is told of, in which order."""

import asyncio
from collections.abc import AsyncIterator

from sdgui.web.programs.calls import Call, Sessions, Stage, Told
from tests.studio.conftest import run

KEY = ("ann", "session")


def progress(step: int) -> Told:
    return Told(stage=Stage.GENERATING, data=step)


END = Told(stage=Stage.COMPLETE, data="end")


class Hand:
    """A call that goes on when it is told to."""

    def __init__(self, name: str) -> None:
        self.call = Call(id=name, follow=self._follow)
        self.go = asyncio.Event()
        self.left = asyncio.Event()

    async def _follow(self) -> AsyncIterator[Told]:
        try:
            yield progress(1)
            await self.go.wait()
            yield progress(2)
            yield END
        finally:
            self.left.set()


def test_all_calls_of_a_session_are_told_to_their_ends_those_that_come_meanwhile_too() -> None:
    async def main() -> list[tuple[str, object]]:
        sessions, first, second = Sessions(), Hand("a"), Hand("b")
        sessions.add(KEY, first.call)
        told = []
        async for call, news in sessions.listen(KEY):
            told.append((call, news.data))
            if told == [("a", 1)]:
                sessions.add(KEY, second.call)
                first.go.set()
            if ("b", 1) in told:
                second.go.set()
        assert len(sessions) == 0
        return told

    told = run(main)
    for call in "ab":
        assert [data for name, data in told if name == call] == [1, 2, "end"]


def test_a_session_is_told_of_nothing_that_is_not_its_own() -> None:
    async def main() -> list[Call]:
        sessions = Sessions()
        sessions.add(KEY, Hand("a").call)
        return sessions.of(("bob", "session")) + sessions.of(("ann", "other"))

    assert run(main) == []


def test_a_stream_that_is_lost_takes_no_call_with_it() -> None:
    async def main() -> list[object]:
        sessions, hand = Sessions(), Hand("a")
        sessions.add(KEY, hand.call)
        stream = sessions.listen(KEY)
        assert (await anext(stream))[1] == progress(1)
        await stream.aclose()  # type: ignore[attr-defined]
        await hand.left.wait()
        hand.go.set()
        return [news.data async for _, news in sessions.listen(KEY)]

    assert run(main)[-1] == "end"


def test_of_two_streams_of_a_session_the_later_one_goes_on() -> None:
    async def main() -> tuple[list[object], list[object]]:
        sessions, hand = Sessions(), Hand("a")
        sessions.add(KEY, hand.call)
        earlier = sessions.listen(KEY)
        await anext(earlier)
        later = sessions.listen(KEY)
        await anext(later)
        hand.go.set()
        return [news.data async for _, news in earlier], [news.data async for _, news in later]

    earlier, later = run(main)
    assert earlier == [] and later[-1] == "end"


def test_who_reads_slowly_is_told_the_latest_and_the_end() -> None:
    async def main() -> list[object]:
        sessions = Sessions()

        async def follow() -> AsyncIterator[Told]:
            for step in range(100):
                yield progress(step)
            yield END

        sessions.add(KEY, Call(id="a", follow=follow))
        return [news.data async for _, news in sessions.listen(KEY)]

    assert run(main) == [99, "end"]


def test_a_call_that_nobody_follows_is_forgotten_when_many_came_after_it() -> None:
    async def main() -> tuple[int, list[str]]:
        sessions = Sessions(most=2)
        for name in "abc":
            sessions.add(KEY, Hand(name).call)
        return len(sessions), [call.id for call in sessions.of(KEY)]

    assert run(main) == (2, ["b", "c"])


def test_a_session_whose_visitor_becomes_another_is_told_of_what_they_call_then_too() -> None:
    async def main() -> tuple[list[object], list[object]]:
        sessions, first, second, other = Sessions(), Hand("a"), Hand("b"), Hand("c")
        sessions.add(KEY, first.call)
        sessions.add(("ann", "not open"), other.call)
        told = []
        async for call, news in sessions.listen(KEY):
            told.append((call, news.data))
            if len(told) == 1:
                into = ("owner", KEY[1])
                sessions.add(into, second.call)
                sessions.adopt("ann", "owner")
                assert sessions.of(KEY) == [] and len(sessions.of(into)) == 2
                assert [sessions.whose(name) for name in "abcd"] == ["owner"] * 3 + [None]
                for hand in (first, second, other):
                    hand.go.set()
        later = [news.data async for _, news in sessions.listen(("owner", "not open"))]
        assert len(sessions) == 0 and not sessions._listening
        return [data for name, data in told if name == "b"], later

    told, later = run(main)
    assert told[-1] == later[-1] == "end"


def test_who_calls_without_end_pushes_out_their_own_calls_alone() -> None:
    async def main() -> None:
        sessions, others = Sessions(most=3), ("bob", "session")
        sessions.add(others, Hand("bob's").call)
        for name in "abcd":
            sessions.add((KEY[0], name), Hand(name).call)
        assert [call.id for call in sessions.of(others)] == ["bob's"]
        assert [name for name in "abcd" if sessions.of((KEY[0], name))] == ["c", "d"]

    run(main)
