"""Uploaded pictures: what Telegram accepts and the sizes it gives back."""

from tests.botapi.params import Params
from tests.botapi.rules.errors import bad_request
from tests.botapi.state import Json, World

MAX_BYTES = 10_000_000
MAX_SIDES = 10_000  # width and height together
MAX_RATIO = 20
PNG = b"\x89PNG\r\n\x1a\n"
OTHER_PICTURES = (b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
UNMEASURED = (320, 320)  # sides given to a picture that is not PNG: only PNG is measured here


def read_photo(params: Params, world: World) -> list[Json]:
    """The sizes of an uploaded picture, or of one sent before and named by its file_id. Raises RefusedError."""
    name = params.text("photo")
    uploaded = params.files.get(name.removeprefix("attach://") or "photo")
    if uploaded is not None:
        return _stored(uploaded, world)
    if not name:
        raise bad_request("there is no photo in the request")
    if name.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    if name not in world.photos:
        raise bad_request("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
    return world.photos[name]


def new_photo(world: World, width: int, height: int, size: int) -> list[Json]:
    """Remembers a picture, so that its file_id can be sent again."""
    number = world.number()
    sizes: list[Json] = [
        {
            "file_id": f"AgACAgIAAxk{number:06}{letter}",
            "file_unique_id": f"AQAD{number:06}{letter}",
            "width": max(1, width // part),
            "height": max(1, height // part),
            "file_size": max(1, size // part),
        }
        for letter, part in (("s", 2), ("x", 1))
    ]
    world.photos.update({one["file_id"]: sizes for one in sizes})
    return sizes


def _stored(content: bytes, world: World) -> list[Json]:
    if not content:
        raise bad_request("file must be non-empty")
    if len(content) > MAX_BYTES:
        raise bad_request(f"file of size {len(content)} bytes is too big for a photo")
    if not content.startswith((PNG, *OTHER_PICTURES)):
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = _sides(content)
    if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return new_photo(world, width, height, len(content))


def _sides(content: bytes) -> tuple[int, int]:
    if not content.startswith(PNG) or len(content) < 24:
        return UNMEASURED
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
