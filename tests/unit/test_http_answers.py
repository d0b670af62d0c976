"""Answers of HTTP, whole and in pieces."""

from __future__ import annotations

import pytest

from bot.adapters.telegram.http_answers import Answer, read_answer

LENGTH = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n1;a=b\r\no\r\n0\r\n\r\n"


@pytest.mark.parametrize("whole", [LENGTH, CHUNKED, LENGTH.replace(b"Content-Length: ", b"content-length:")])
def test_an_answer_is_there_when_its_last_byte_is(whole: bytes) -> None:
    assert [read_answer(whole[:end]) for end in range(len(whole))] == [None] * len(whole)
    assert read_answer(whole) == Answer(200, b"hello", keep=True)


@pytest.mark.parametrize(
    ("received", "answer"),
    [
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", Answer(204, b"", keep=True)),
        (b"HTTP/1.0 502 Bad\r\nContent-Length: 2\r\n\r\nhi", Answer(502, b"hi", keep=False)),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nhi", Answer(200, b"hi", keep=False)),
        (LENGTH + b"HTTP", Answer(200, b"hello", keep=False)),  # more than was asked for
        (CHUNKED + b"x", Answer(200, b"hello", keep=False)),
    ],
)
def test_whether_the_connection_can_be_kept(received: bytes, answer: Answer) -> None:
    assert read_answer(received) == answer


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    received = b"HTTP/1.1 200 OK\r\n\r\nhello"
    assert read_answer(received) is None
    assert read_answer(received, ended=True) == Answer(200, b"hello", keep=False)


@pytest.mark.parametrize("cut", [LENGTH[:-1], CHUNKED[:-1], b"HTTP/1.1 200"])
def test_half_an_answer_is_none(cut: bytes) -> None:
    assert read_answer(cut, ended=True) is None


@pytest.mark.parametrize(
    "odd",
    [b"SSH-2.0\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", CHUNKED.replace(b"4\r\nhell", b"zz\r\nhell"), b"HTTP/2 200\r\n\r\n"],
)
def test_what_is_not_http(odd: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of int() as well
        read_answer(odd)
