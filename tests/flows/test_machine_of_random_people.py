"""Random people on the real flow: whatever they do, nothing breaks, nothing ends, and no danger sign is dropped."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.dialogue.inputs import Chose, Commanded, Finished, Input, Opened, SentOther, Ticked, Typed
from bot.dialogue.moves import all_answers, asked_anew, too_old
from bot.dialogue.outputs import Ask, Conclude, Settle
from bot.dialogue.session import Session
from bot.dialogue.statements import standing
from bot.dialogue.understand import understand
from bot.flow.clinical import Tier
from bot.flow.questions import Kind, Question
from tests.support.dialogue_flow import real_engine
from tests.support.player import Player

ENGINE = real_engine()
FLOW, PATH = ENGINE.flow, ENGINE.talk.path
PHRASES = [phrase for flag in FLOW.red_flags.values() for phrase in (*flag.phrases, *flag.look_alikes)]
TOPICS = [phrase for topic in FLOW.topics for phrase in topic.phrases]
COMMANDS = (
    "back",
    "back",
    "keep",
    "summary",
    "help",
    "emergency",
    "reminders",
    "about",
    "privacy",
    "stop",
    "why",
    "meaning",
    "nonsense",
)
PAYLOADS = ("", "north", "north__poster", "south", "nowhere", "%%%", "x" * 64)
NONSENSE = (
    "",
    " ",
    "🙂",
    "👍👍👍",
    "x" * 4096,
    "ja bitte",
    "-5",
    "1e999",
    "null",
    "back",
    "stop",
    "why?",
    "/start north",
    "/",
    "**a**",
)

numbers = st.one_of(
    st.integers(-3, 1200).map(str), st.sampled_from(["about two months", "7/10", "3 weeks", "none", "3-4"])
)
words = st.one_of(
    st.sampled_from(PHRASES), st.sampled_from(TOPICS), st.sampled_from(NONSENSE), numbers, st.text(max_size=40)
)


class RandomPeople(RuleBasedStateMachine):
    """One person, who does anything. Rules are what people do; invariants are what must hold after each step."""

    @initialize(payload=st.sampled_from(PAYLOADS), language=st.sampled_from([None, "en", "de-AT", "xx"]))
    def begin(self, payload: str, language: str | None) -> None:
        self.player = Player(ENGINE, payload=payload, language=language)
        self.before: Session | None = None
        self.done: Input | None = None

    def do(self, done: Input) -> None:
        self.before, self.done = self.player.session, done
        self.player.do(done)

    @property
    def screen(self) -> Question:
        return ENGINE.talk.screen(self.player.session)

    @property
    def turn(self) -> int:
        return self.player.session.turn

    @rule(data=st.data())
    def taps(self, data: st.DataObject) -> None:
        choices = [choice.id for choice in self.screen.choices]
        ticks = st.lists(st.sampled_from(choices), min_size=1, max_size=3)
        one = st.sampled_from(choices).map(lambda choice: [choice])
        self.do(Chose(tuple(data.draw(ticks if self.screen.kind is Kind.MANY_OF else one)), self.turn))

    @rule(steps=st.integers(1, 25), pause=st.sampled_from([0, 0, 2, 30]), data=st.data())
    def answers_without_any_danger(self, steps: int, pause: int, data: st.DataObject) -> None:
        for step in range(steps):
            self.player.wait(pause if step == steps // 2 else 0)
            question = self.screen
            if question.id not in FLOW.questions or self.player.session.aside:
                return
            harmless = [c.id for c in question.choices if c.id == "none" or not question.danger] or ["no"]
            wanted = [c for c in harmless if c in ("none", "no", "slowly", "me_16_44")] or harmless
            self.do(Chose((data.draw(st.sampled_from(wanted)),), self.turn))
            self.holds()

    @rule(turns=st.integers(0, 3), choice=st.sampled_from(["none", "yes", "no", "me_16_44", "forged", "x" * 64]))
    def taps_an_old_or_forged_button(self, turns: int, choice: str) -> None:
        self.do(Chose((choice,), self.turn - turns))

    @rule()
    def taps_again(self) -> None:
        if isinstance(self.done, Chose | Ticked | Finished):
            self.do(self.done)

    @rule(data=st.data(), on=st.booleans())
    def ticks(self, data: st.DataObject, on: bool) -> None:
        choices = [choice.id for choice in self.screen.choices]
        self.do(Ticked(data.draw(st.sampled_from(choices)), on=on, turn=self.turn))

    @rule()
    def finishes(self) -> None:
        self.do(Finished(self.turn))

    @rule(text=words)
    def types(self, text: str) -> None:
        self.do(Typed(text))

    @rule(data=st.data())
    def types_a_label(self, data: st.DataObject) -> None:
        self.do(Typed(data.draw(st.sampled_from([choice.label for choice in self.screen.choices]))))

    @rule(name=st.sampled_from(COMMANDS))
    def commands(self, name: str) -> None:
        self.do(Commanded(name))

    @rule(data=st.data())
    def changes_an_answer(self, data: st.DataObject) -> None:
        self.do(Commanded("summary"))
        if self.player.at == "aside_change":
            self.do(Chose((data.draw(st.sampled_from(self.player.choices)),), self.turn))

    @rule()
    def goes_back_and_forth(self) -> None:
        before = self.player.session
        asked_again = too_old(FLOW, before.but(touched_at=self.player.now))
        if before.aside or before.reopened or not before.answers or asked_again:
            return
        self.do(Commanded("back"))
        assert self.player.session.reopened == before.answers[-1].question
        self.do(Commanded("keep"))
        now = self.player.session
        assert (now.node, now.answers, now.dormant) == (before.node, before.answers, before.dormant)
        assert (now.picked, now.stated, now.pending) == (before.picked, before.stated, before.pending)

    @rule(sure=st.booleans(), how=st.sampled_from(["restart", "delete"]))
    def wants_to_begin_again(self, sure: bool, how: str) -> None:
        self.do(Commanded(how))
        if self.player.session.aside:
            self.before, self.done = self.player.session, Chose(("yes" if sure else "no",))
            if sure and how == "delete":
                assert self.player.choose("yes").erased
                self.begin("", None)
            else:
                self.player.do(self.done)

    @rule(payload=st.sampled_from(PAYLOADS))
    def opens_a_link(self, payload: str) -> None:
        self.do(Opened(payload))

    @rule(hours=st.sampled_from([1, 13, 25, 24 * 400]))
    def stays_away(self, hours: int) -> None:
        self.player.wait(hours)

    @rule()
    def is_reminded(self) -> None:
        before = self.player.session
        if ENGINE.may_be_reminded(before):
            asked = self.player.remind().at
            now = self.player.session
            self.before, self.done = before, None
            assert asked == (before.aside.question if before.aside else before.showing)
            assert all(entry.tier is not Tier.EMERGENCY for entry in now.stated)
            assert now == before.but(turn=before.turn + 1, let_be=True)
            assert not ENGINE.may_be_reminded(now)

    @rule(kind=st.sampled_from(["sticker", "edited", "voice"]))
    def sends_something_else(self, kind: str) -> None:
        self.do(SentOther(kind))

    @invariant()
    def holds(self) -> None:
        session = self.player.session
        self.never_a_dead_end(session)
        self.the_place_follows_from_the_answers(session)
        self.every_danger_sign_counts(session)
        self.no_result_rests_on_old_answers(session)
        if self.before is not None and self.done is not None:
            self.no_sign_vanishes_silently(self.before, session, self.done)

    def never_a_dead_end(self, session: Session) -> None:
        question = self.screen
        assert question.choices or question.kind in (Kind.NUMBER, Kind.DURATION, Kind.TEXT)
        if not self.player.outputs:
            doubled = self.before is not None and self.before.last_tap == session.last_tap
            assert doubled or isinstance(self.done, Ticked)
        for output in self.player.outputs:
            if isinstance(output, Ask | Conclude):
                assert output.turn == session.turn
            if isinstance(output, Settle):
                assert output.turn < session.turn

    def the_place_follows_from_the_answers(self, session: Session) -> None:
        place = PATH.replay(all_answers(session), standing(FLOW, session), asked_anew(PATH, session))
        assert (place.node, place.answers, place.pending) == (session.node, session.answers, session.pending)

    def every_danger_sign_counts(self, session: Session) -> None:
        stands = {entry.flag: entry.tier for entry in session.stated if entry.stands}
        for finding in PATH.replay(all_answers(session)).findings:
            shown = finding.flag.id
            mild = finding.flag.combines and not finding.tier.alarms
            assert mild or stands[shown].urgency >= finding.tier.urgency, shown
        highest = max((tier.urgency for tier in stands.values()), default=0)
        if highest == Tier.EMERGENCY.urgency:
            assert session.node == "emergency"
        if highest >= Tier.SAME_DAY.urgency and not session.pending and session.node not in asked_anew(PATH, session):
            assert session.node in ("emergency", "same_day")
        for result in self.player.all(Conclude):
            assert Tier(result.assessment["tier"]).urgency >= highest
            assert result.urgent is (result.node in ("emergency", "same_day"))

    def no_result_rests_on_old_answers(self, session: Session) -> None:
        old = too_old(FLOW, session.but(dormant=()))
        assert all(result.urgent or not old for result in self.player.all(Conclude)), old

    def no_sign_vanishes_silently(self, before: Session, now: Session, done: Input) -> None:
        if now.started_at != before.started_at:
            return  # begun anew, which was asked for
        stands = {entry.flag: entry.tier for entry in now.stated if entry.stands}
        asked = before.aside.flags[:1] if before.aside and before.aside.question == "aside_retract" else ()
        for entry in before.stated:
            if entry.stands and not (entry.flag in asked and _says_mistake(done)):
                assert entry.flag in stands, f"{entry.flag} vanished"
                assert stands[entry.flag].urgency >= entry.tier.urgency


def _says_mistake(done: Input) -> bool:
    if isinstance(done, Typed):
        return understand(FLOW.questions["aside_retract"], done.text) == "mistake"
    return isinstance(done, Chose) and done.ids == ("mistake",)


TestRandomPeople = pytest.mark.no_cover(RandomPeople.TestCase)  # the core is covered without
TestRandomPeople.settings = settings(
    max_examples=50,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
