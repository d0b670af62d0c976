"""What the program tells its operator, on stderr: text where a terminal shows it, else one JSON object a line.

Nothing that a patient wrote gets in, nor the token. Of an exception only the kind and the place are told, because its
text may quote a patient; of the libraries only warnings, and of the values in them only numbers; and what looks like a
token is cut out of every line.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.flow.errors import PtbotError

FRAMES = 3  # of an exception's place, innermost first
_OURS = "bot"
_TOKEN = re.compile(r"\d{5,}(:|%3A)[\w-]{20,}", re.IGNORECASE)
_FIRST = ("timestamp", "level", "logger", "event")

_log = structlog.get_logger(__name__)


def set_up_logs(level: str, stream: TextIO = sys.stderr) -> None:
    """Log to the stream from now on: what the bot says at this level, and the libraries' warnings.

    What nobody caught, in whatever thread, and what Python warns of, goes there too.
    """
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(shared, stream))
    handler.addFilter(_is_worth_telling)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(_OURS).setLevel(level.upper())
    logging.raiseExceptions = False  # a line that cannot be written must not be shown raw instead
    _catch_the_rest()


def _formatter(shared: list[Processor], stream: TextIO) -> logging.Formatter:
    renderer: Processor = structlog.processors.JSONRenderer()
    if stream.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, _library_without_values],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _plain,
            renderer,
            cast(Processor, _without_tokens),
        ],
        use_get_message=False,
        pass_foreign_args=True,
    )


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Some libraries log addresses that hold the token, and whole messages, below warnings."""
    return record.levelno >= logging.WARNING or record.name.split(".")[0] == _OURS


def _library_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A library's sentence, with numbers filled in; further lines of it may describe objects."""
    record: logging.LogRecord = event["_record"]
    event["event"] = _filled(str(event["event"]), event.pop("positional_args", ())).partition("\n")[0]
    event["at"] = _position(record.pathname, record.lineno)
    return event


def _filled(sentence: str, args: Any) -> str:
    """In place of a value that is no number stands only what it is."""
    try:
        if isinstance(args, Mapping):
            return sentence % {name: _number_or_kind(value) for name, value in args.items()}
        return sentence % tuple(map(_number_or_kind, args)) if args else sentence
    except (TypeError, ValueError, KeyError):  # they do not fit; the line is told all the same
        return sentence


def _number_or_kind(value: object) -> object:
    return value if isinstance(value, int | float) else f"[{type(value).__name__}]"


def _plain(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Numbers and sentences as they are; of anything else only what it is."""
    if raised := event.pop("exc_info", None):
        event["error"] = _error(raised)
    values = {name: _told(value) for name, value in event.items()}
    return {**{name: values[name] for name in _FIRST}, **values}


def _error(raised: Any) -> BaseException | None:
    """From what loggers take as `exc_info`."""
    if raised is True:
        return sys.exception()
    return raised[1] if isinstance(raised, tuple) else cast(BaseException, raised)


def _told(value: object) -> object:
    if isinstance(value, BaseException):
        return " < ".join(map(_failure, _causes(value)))
    return value if value is None or isinstance(value, str | int | float) else type(value).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__


def _failure(error: BaseException) -> str:
    """Our own errors are written to be read. Of others the text may quote what a patient wrote."""
    if isinstance(error, PtbotError):
        return f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " at ".join([type(error).__name__, *(_position(frame.filename, frame.lineno) for frame in reversed(frames))])


def _position(file: str, line: int | None) -> str:
    return f"{'/'.join(file.split('/')[-2:])}:{line}"


def _without_tokens(_logger: WrappedLogger, _method: str, line: str) -> str:
    return _TOKEN.sub("[token]", line)


def _catch_the_rest() -> None:
    def uncaught(_kind: type[BaseException], error: BaseException | None, _trace: object) -> None:
        _log.critical("The program ends by a mistake of its own", exc_info=error)

    def warned(_text: object, kind: type[Warning], file: str, line: int, *_: Any, **__: Any) -> None:
        _log.warning("Python warns", kind=kind.__name__, at=_position(file, line))

    sys.excepthook = uncaught
    sys.unraisablehook = lambda failed: _log.error("An error that nobody could catch", exc_info=failed.exc_value)
    threading.excepthook = lambda failed: _log.critical("A thread ends by a mistake of ours", exc_info=failed.exc_value)
    warnings.showwarning = cast(Any, warned)
