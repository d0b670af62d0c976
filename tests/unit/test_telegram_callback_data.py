"""What buttons carry: it fits, it reads back, and nothing that anybody sends can break it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram import callback_data
from bot.adapters.telegram.callback_data import UNKNOWN, read
from bot.dialogue.inputs import Chose, Commanded, Finished, Ticked

TURNS = st.integers(0, 10**12 - 1)
IDS = st.from_regex(r"[a-z0-9_]{1,48}", fullmatch=True)


@given(TURNS, IDS)
def test_every_button_reads_back_and_fits(turn: int, ident: str) -> None:
    written = {
        callback_data.choose(turn, ident): Chose((ident,), turn),
        callback_data.tick(turn, ident, on=True): Ticked(ident, True, turn),
        callback_data.tick(turn, ident, on=False): Ticked(ident, False, turn),
        callback_data.command(turn, ident): Commanded(ident, turn),
        callback_data.finish(turn): Finished(turn),
    }
    for data, meant in written.items():
        assert read(data) == meant
        assert len(data.encode()) <= 64


@pytest.mark.parametrize("ident", ["x" * 49, "", "Knee", "a b", "knee.", "é", "knee\n"])
def test_an_id_that_does_not_fit_is_a_mistake_of_the_author(ident: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        callback_data.choose(1, ident)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "1",
        "0c1.knee",  # another version
        "1x1.knee",  # no such verb
        "1c-1.knee",
        "1c1",
        "1d1.knee",
        "1c1.knee\n",
        "1c1.knee; drop table",
        "1c٣.knee",  # a digit, but not ours
        "1c9999999999999.knee",
        "1c1." + "x" * 4096,
        "\x00",
        "😀" * 16,
    ],
)
def test_forged_data_shows_the_present_question(data: str) -> None:
    assert read(data) == UNKNOWN


@given(st.text())
def test_reading_never_raises(data: str) -> None:
    read(data)
