"""Escaping, lengths and cuts."""

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.texts import clip, html, literal, pieces, plain, units
from tests.botapi.rules.entities import parse_html

WORDS = st.text(st.sampled_from("ab *_<>&\"'.\n😀é/"), max_size=200)


def test_only_stars_are_markup() -> None:
    assert html("**Call 112** if 2 < 3 & <b>not</b>") == "<b>Call 112</b> if 2 &lt; 3 &amp; &lt;b&gt;not&lt;/b&gt;"


def test_lonely_stars_stay() -> None:
    assert html("2 ** 3, ** no **, **") == "2 ** 3, ** no **, **"


@given(WORDS)
def test_entities_are_always_balanced(text: str) -> None:
    shown, _ = parse_html(html(text))
    assert shown.replace("*", "") == text.replace("*", "")


@given(WORDS)
def test_plain_undoes_markup(text: str) -> None:
    assert plain(literal(text)) == text


@given(WORDS, st.integers(2, 60))
def test_pieces_fit_and_lose_no_words(text: str, limit: int) -> None:
    cut = list(pieces(text, limit))
    assert all(0 < units(piece) <= limit for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_long_texts_are_cut_at_ends_of_paragraphs() -> None:
    first, second, third = ("First. " * 300).strip(), ("Second. " * 200).strip(), ("Third. " * 200).strip()
    assert list(pieces("\n\n".join([first, second, third]))) == [f"{first}\n\n{second}", third]


def test_a_wall_of_emoji_is_cut_between_characters() -> None:
    assert [units(piece) for piece in pieces("😀" * 4096)] == [4096, 4096]


@given(WORDS, st.integers(1, 60))
def test_clipped_texts_fit(text: str, limit: int) -> None:
    assert units(clip(text, limit)) <= limit
