"""Measuring in turn."""

from sdgui.bench.pairs import Measured, interleave, spread


def test_every_way_runs_once_a_round_and_the_order_turns() -> None:
    order: list[str] = []
    told: list[str] = []

    def way(name: str, seconds: float | None = None) -> float | None:
        order.append(name)
        return seconds

    measured = interleave(
        {"a": [lambda: way("a")], "b": [lambda: way("b", 2.5)], "c": [lambda: way("c")]},
        3,
        told.append,
    )
    assert "".join(order) == "abcbcacab"
    assert told == ["round 1 of 3", "round 2 of 3", "round 3 of 3"]
    assert list(measured) == ["a", "b", "c"]
    assert measured["b"].seconds == (2.5, 2.5, 2.5)
    assert all(seconds >= 0 for seconds in measured["a"].seconds)


def test_parts_stand_beside_the_parts_of_others_and_are_summed() -> None:
    order: list[str] = []

    def part(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    ways = {
        "a": [lambda: part("a1", 1.0), lambda: part("a2", 2.0)],
        "b": [lambda: part("b1", 4.0), lambda: part("b2", 8.0)],
    }
    measured = interleave(ways, 2)
    assert order == ["a1", "b1", "b2", "a2", "b1", "a1", "a2", "b2"]
    assert measured["a"].seconds == (3.0, 3.0)
    assert measured["b"].seconds == (12.0, 12.0)


def test_ratios_go_round_by_round() -> None:
    one, other = Measured(seconds=(2.0, 3.0, 8.0)), Measured(seconds=(1.0, 3.0, 2.0))
    assert one.ratios(other) == (2.0, 1.0, 4.0)
    assert spread(one.ratios(other)) == "2.00 (1.00-4.00)"
