"""How long one turn and one load of the real flow take: `python bench/turn.py` from the repository's folder.

Prints medians over several rounds. Machines differ and are noisy: compare figures of one run with each other only.
"""

from __future__ import annotations

import platform
import statistics
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose, Commanded, Input, Typed
from bot.dialogue.outputs import Conclude
from bot.flow_files import load_package_flow, load_package_numbers

ROUNDS = 200
LOADS = 7

TAPS: dict[str, tuple[str, ...]] = {  # a typical path: one answer to each question that is not simply "none"
    "who": ("me_16_44",),
    "region": ("knee",),
    "how_started": ("slowly",),
    "pain_now": ("s5",),
    "weeks_of_pt": ("weeks_6_12",),
    "pain_trend": ("same",),
    "sessions_done": ("visits_8_more",),
    "treatment_mostly": ("active",),
    "session_time": ("medium",),
    "hep_days_per_week": ("days_1_2",),
    "hep_barrier": ("time",),
    "exercises_are": ("right",),
    "pt_has_done": ("movement", "explained"),
}


def conversation(engine: Engine, timings: dict[str, list[float]]) -> None:
    """Walk the typical path once, timing each step by what was done."""
    session = engine.start("bench", 0.0).session
    assert session is not None
    while session.node not in engine.flow.outcomes:
        done = Chose(TAPS.get(session.node, ("none",)))
        session = _timed(engine, session, done, "tap", timings)
    session = _timed(engine, session, Commanded("back"), "back", timings)
    session = _timed(engine, session, Commanded("keep"), "replay of all answers", timings)
    _timed(engine, session, Typed("it still hurts a bit when I climb stairs"), "typed words", timings)


def _timed(engine: Engine, session, done: Input, name: str, timings: dict[str, list[float]]):
    began = perf_counter()
    step = engine.advance(session, done, 1.0)
    seconds = perf_counter() - began
    kind = "result" if any(isinstance(output, Conclude) for output in step.outputs) and name == "tap" else name
    timings.setdefault(kind, []).append(seconds * 1e6)
    return step.session


def main() -> None:
    """Print the figures."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    loads = []
    for _ in range(LOADS):
        began = perf_counter()
        flow = load_package_flow()
        loads.append((perf_counter() - began) * 1e3)
    began = perf_counter()
    engine = Engine(flow, load_package_numbers())
    prepared = (perf_counter() - began) * 1e3
    print(
        f"load and check the flow: {statistics.median(loads):.0f} ms (median of {LOADS}); prepare it: {prepared:.0f} ms"
    )
    timings: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        conversation(engine, timings)
    everything = [value for values in timings.values() for value in values]
    print(f"advance, all kinds: {statistics.median(everything):.0f} us (median of {len(everything)})")
    for kind, values in timings.items():
        print(f"  {kind}: {statistics.median(values):.0f} us (median of {len(values)})")


if __name__ == "__main__":
    main()
