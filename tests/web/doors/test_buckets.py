"""Who does something too often waits."""

from sdgui.web.doors.buckets import Buckets


def test_what_is_too_much_at_once_has_to_wait() -> None:
    now = 0.0
    buckets = Buckets(2, 0.5, lambda: now)
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    assert buckets.take("b")
    now = 2.0
    assert [buckets.take("a") for _ in range(2)] == [True, False]
