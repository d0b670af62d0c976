"""A small flow with one of everything, for tests: easy to hold in the head, and good as it stands."""

from __future__ import annotations

from collections.abc import Mapping

from bot.flow.loader import load_flow
from bot.flow.messages import ASIDES, ASIDES_IN_WORDS, MESSAGES
from bot.flow.models import Flow

FLOW = """
name: small
title: When therapy is not working
order:
  - stage: safety
    about: 6
    ask:
      - who
      - {notice: welcome, only_if: {age: {at_least: 16}}}
      - signs
  - stage: care
    only_if: {not: {who: child}}
    ask:
      - trend
      - weeks
      - {question: days, only_if: {weeks: {at_least: 1}}}
      - feels
finish:
  - {when: {who: child}, to: child_result}
  - {to: result}
notices:
  - {id: welcome, say: "Let us begin. In an emergency call {EMERGENCY}."}
"""

QUESTIONS = """
facts:
  - {id: fever, said: you have a fever}
  - {id: joint_hot}
  - {id: age, number: years, said: "you are {value}"}
  - {id: mood, values: {low: your mood is low, fine: ~}}
questions:
  - id: who
    kind: one_of
    ask: Who is this about?
    choices:
      - {id: adult, label: "Me, 16 or older", sets: {age: 40}, covers: {at_least: 16}, said: you are an adult}
      - {id: child, label: A child, sets: {age: 8}, covers: {at_most: 15}, accepts: [my son, my daughter]}
  - id: signs
    kind: many_of
    danger: yes
    ask: Is any of this true?
    picture: body.png
    picture_text: A body.
    choices:
      - {id: fever, label: Fever or chills, sets: {fever: yes}, accepts: [high temperature]}
      - {id: joint, label: A hot joint, sets: {joint_hot: yes}, accepts: [red joint]}
      - {id: none, label: None of these}
  - id: joint_since
    kind: one_of
    danger: yes
    ask: Since when is the joint hot?
    choices:
      - {id: days, label: For days}
      - {id: years, label: For years}
      - {id: unsure, label: Not sure}
  - id: trend
    kind: one_of
    ask: How has it gone?
    why: It tells what to do next.
    choices:
      - {id: better, label: A bit better, said: it is better}
      - {id: same, label: About the same, said: nothing has changed}
      - {id: worse, label: Worse, said: it is worse, accepts: [not better]}
  - id: weeks
    kind: duration
    ask: How long have you had therapy?
    said: you have had therapy for {value} weeks
    choices:
      - {id: not_begun, label: Not begun, value: 0, said: you have not begun}
  - id: days
    kind: number
    unit: days
    at_most: 7
    ask: On how many days did you exercise?
    said: you exercised on {value} days
    choices:
      - {id: no_plan, label: No plan, said: you have no plan}
      - {id: one_or_two, label: 1 or 2, value: 2}
  - id: feels
    kind: many_of
    ask: How does it feel?
    choices:
      - {id: burning, label: It burns, said: it burns}
      - {id: numb, label: It is numb, otherwise: {mood: fine}}
      - {id: sad, label: It gets me down, sets: {mood: low}}
      - {id: none, label: None of these}
  - id: more_exact
    kind: yes_no
    ask: Would you like a more exact answer?
    choices:
      - {id: yes, label: A more exact answer}
"""

RED_FLAGS = """
area: joints
red_flags:
  - id: hot_joint
    ref: RF-1
    tier: same_day
    question: Is a joint hot and red?
    signs: a hot joint
    why: It can be an infection.
    when: {joint_hot: yes}
    unless: {joint_since: years}
    clarify: joint_since
    phrases: [my knee is hot]
    source: a book
    researched: 2026-11-22
    reviewed: no
  - id: feverish
    ref: RF-2
    tier: soon
    question: Do you have a fever?
    signs: a fever
    why: A doctor should look at a fever.
    advice: Drink enough.
    when: {fever: yes}
    tiers: [{when: {joint_hot: yes}, tier: emergency}]
    phrases: [i have a fever]
    source: a book
    researched: 2026-11-22
    reviewed: no
combinations:
  - id: fever_and_worse
    tier: same_day
    signs: a fever while it gets worse
    why: Together they should be looked at today.
    when: {red_flag: feverish, trend: worse}
    source: a book
    researched: 2026-11-22
    reviewed: no
"""

ADVICE = """
reasons:
  - id: few_days
    ref: RSN-1
    title: Exercises are hard to keep up
    text: That is so for many.
    when: {days: {at_most: 2}}
    stronger_if: [{trend: [same, worse]}]
    source: a book
    researched: 2026-11-22
    reviewed: no
  - id: no_change
    ref: RSN-2
    title: It may be the wrong plan
    text: Plans can change.
    when: {all: [{trend: same}, {not: {reason: few_days}}]}
    strength: 4
    source: a book
    researched: 2026-11-22
    reviewed: no
next_steps:
  - id: short_plan
    ref: NXT-1
    title: A short plan
    what: Ask for two exercises.
    why: Few are easier.
    how: [Today, choose two.]
    not_when: You have a new pain.
    words: I would like a shorter plan.
    words_for: therapist
    ask: [{ref: ASK-1, text: Which two matter most?}]
    when: {reason: few_days}
    first_today: yes
    contact: clinic
    source: a book
    researched: 2026-11-22
    reviewed: no
  - id: see_doctor
    ref: NXT-2
    title: See a doctor
    what: Book a visit.
    why: Some signs need a look.
    how: [Call.]
    not_when: You were seen already.
    when: {any: [{red_flag: any}, {reason: any}]}
    priority: 5
    with_alarm: yes
    source: a book
    researched: 2026-11-22
    reviewed: no
topics:
  - id: hot_packs
    ref: FAQ-1
    group: treatments
    title: Hot packs
    text: They feel good.
    phrases: [hot pack]
    steps: [short_plan]
    source: a book
    researched: 2026-11-22
    reviewed: no
references:
  - {id: RF-1, name: Hot joint}
"""

OUTCOMES = """
outcomes:
  - {id: emergency, offers: [country, not_right], parts: [{say: "Call {EMERGENCY}. {signs}"}]}
  - {id: same_day, offers: [details, change], parts: [{say: "See a doctor today. {signs}"}]}
  - id: result
    offers: [details, more, more_exact, restart]
    parts:
      - {when: {tier: soon, red_flag_count: {at_least: 1}}, say: "{doctor}"}
      - {say: "{reasons}"}
      - {say: "{next_steps}"}
  - {id: child_result, offers: [restart], parts: [{say: Children need their own check.}]}
"""


def _messages() -> str:
    """Every message says its own name and whatever may stand in it."""
    return "messages:\n" + "".join(
        f'  {key}: "{key} {use.partition(";")[2].strip()}"\n' for key, use in MESSAGES.items()
    )


def _asides() -> str:
    return "questions:\n" + "".join(_aside(ident, choices) for ident, choices in ASIDES.items())


def _aside(ident: str, choices: set[str]) -> str:
    kind = "text" if ident in ASIDES_IN_WORDS else "one_of"
    return f"  - {{id: {ident}, kind: {kind}, ask: {ident}?, choices: [{', '.join(map(_choice, sorted(choices)))}]}}\n"


def _choice(ident: str) -> str:
    return f"{{id: {ident}, label: {ident.replace('_', ' ')}}}"


FILES: Mapping[str, str] = {
    "flow.yaml": FLOW,
    "questions.yaml": QUESTIONS,
    "red_flags.yaml": RED_FLAGS,
    "advice.yaml": ADVICE,
    "outcomes.yaml": OUTCOMES,
    "messages.yaml": _messages(),
    "asides.yaml": _asides(),
}
PICTURES = {"body.png": b"PNG"}


def small_flow(**changed: str) -> Flow:
    """The small flow; `questions="..."` puts another text in place of questions.yaml."""
    return load_flow({**FILES, **{f"{name}.yaml": text for name, text in changed.items()}}, PICTURES)
