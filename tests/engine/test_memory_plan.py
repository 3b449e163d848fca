"""What is done for lack of memory, from numbers alone: real models on cards as they are sold."""

import pytest

from sdgui.engine.memory_plan import (
    LADDER,
    LADDER_IN_MAIN_MEMORY,
    WHOLE,
    Arrangement,
    Keep,
    MemoryPlan,
    Work,
    plan_memory,
    suits,
)

pytestmark = pytest.mark.quick

GB = 10**9
IN_PARTS = Arrangement(keep=Keep.PARTS)
IN_8_BITS = Arrangement(float8=True)
IN_GROUPS = Arrangement(keep=Keep.GROUPS)
# Bytes in 16 bits.
SDXL = {
    "unet": 5_135_000_000,
    "vae": 167_000_000,
    "text_encoder": 246_000_000,
    "text_encoder_2": 1_389_000_000,
}
FLUX = {
    "transformer": 23_800_000_000,
    "vae": 168_000_000,
    "text_encoder": 246_000_000,
    "text_encoder_2": 9_525_000_000,
}
SD15 = {"unet": 1_719_000_000, "vae": 167_000_000, "text_encoder": 246_000_000}


def plan(
    parts: dict[str, int], free: float | None, side: int = 1024, pictures: int = 4
) -> MemoryPlan:
    return plan_memory(
        parts,
        Work(width=side, height=side, pictures=pictures),
        free=None if free is None else int(free * GB),
        number_bytes=2,
        ladder=LADDER,
    )


@pytest.mark.parametrize(
    ("parts", "free", "arrangement"),
    [
        (SDXL, 12, WHOLE),
        (SDXL, 8, WHOLE),
        (SDXL, 6, IN_PARTS),
        (SDXL, 4, Arrangement(keep=Keep.PARTS, float8=True)),
        (SDXL, 3, IN_GROUPS),
        (FLUX, 40, WHOLE),
        (FLUX, 25, IN_PARTS),
        (FLUX, 16, Arrangement(keep=Keep.PARTS, float8=True)),
        (FLUX, 12, IN_GROUPS),
    ],
)
def test_what_fits_where(parts: dict[str, int], free: float, arrangement: Arrangement) -> None:
    found = plan(parts, free)
    assert found.arrangement == arrangement
    assert found.needed <= free * GB


def test_what_denoises_in_half_the_bytes_takes_half_the_memory() -> None:
    def needed(inner_bytes: int | None, side: int) -> int:
        work = Work(width=side, height=side, pictures=8)
        return plan_memory(
            {"unet": 800},
            work,
            free=None,
            number_bytes=4,
            inner_bytes=inner_bytes,
            ladder=(IN_8_BITS,),
        ).needed

    assert needed(None, 1024) == needed(4, 1024)
    assert needed(2, 1024) - 800 // 2 == (needed(4, 1024) - 800 // 4) // 2


def test_a_batch_is_split_and_decoded_in_tiles_before_the_model_leaves_the_device() -> None:
    assert [
        (one.pictures, one.tiles) for one in (plan(SDXL, free) for free in (12, 9, 8.5, 7.5))
    ] == [
        (4, False),
        (2, True),
        (2, True),
        (1, True),
    ]


def test_splitting_halves() -> None:
    assert {plan(SDXL, free / 10, pictures=5).pictures for free in range(75, 105)} == {1, 2, 3, 5}


def test_small_pictures_need_nothing_done() -> None:
    assert plan(SD15, 4, side=512) == MemoryPlan(
        arrangement=WHOLE, pictures=4, tiles=False, needed=sum(SD15.values()) + 4 * 512 * 512 * 512
    )


def test_where_nothing_is_known_of_memory_nothing_is_done() -> None:
    found = plan(FLUX, None)
    assert (found.arrangement, found.pictures, found.tiles) == (WHOLE, 4, False)


def test_where_nothing_suffices_the_most_is_tried() -> None:
    found = plan(FLUX, 1)
    assert (found.arrangement, found.pictures, found.tiles) == (IN_GROUPS, 1, True)
    assert found.needed > GB


def test_more_memory_never_asks_for_more_to_be_done() -> None:
    for parts in (SD15, SDXL, FLUX):
        steps = [LADDER.index(plan(parts, free).arrangement) for free in range(1, 48)]
        assert steps == sorted(steps, reverse=True)


def test_in_main_memory_weights_are_stored_in_8_bits_or_not() -> None:
    parts = {name: 2 * size for name, size in SDXL.items()}  # 32 bits on a CPU

    def arrangement(free: int) -> Arrangement:
        return plan_memory(
            parts,
            Work(width=1024, height=1024),
            free=free * GB,
            number_bytes=4,
            ladder=LADDER_IN_MAIN_MEMORY,
        ).arrangement

    assert [arrangement(free) for free in (24, 16, 12, 8)] == [WHOLE, WHOLE, IN_8_BITS, IN_8_BITS]


def test_a_model_is_used_as_it_is_held_where_that_makes_the_same_pictures_in_no_more_memory() -> (
    None
):
    assert suits(WHOLE, WHOLE)
    assert suits(IN_GROUPS, IN_PARTS)
    assert not suits(WHOLE, IN_PARTS)
    assert not suits(IN_8_BITS, WHOLE)
    assert not suits(WHOLE, IN_8_BITS)


def test_what_changes_is_told() -> None:
    assert WHOLE.notes == {}
    assert Arrangement(keep=Keep.PARTS, float8=True).notes == {
        "weights": "stored in float8_e4m3fn",
        "model": "kept in main memory, in parts on the device",
    }
    assert IN_GROUPS.notes["model"].startswith("kept in main memory, in groups")


def test_a_safety_checker_is_counted_and_has_room_as_a_whole_however_the_model_is_held() -> None:
    without = plan(SD15, 12, side=512)
    found = plan({**SD15, "safety_checker": 608_000_000}, 12, side=512)
    assert found.arrangement == WHOLE
    assert found.needed == without.needed + 608_000_000
    in_groups = plan({**SD15, "safety_checker": 5 * GB}, 1, side=512)
    assert in_groups.arrangement == IN_GROUPS and in_groups.needed > 5 * GB
