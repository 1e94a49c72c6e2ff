"""The flow of a campaign in words: as lines that read well anywhere, as a table, and as a Mermaid diagram."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.pack import Pack, Reached
from bot.drafting.programmes import EXIT, Programme, Step
from bot.engines.answers.drafted import held_back
from bot.language import Language

DIMENSION, CAMPAIGN, CHANNEL = "campaign_step", "programme", "message_channel"


def name_of(language: Language, programme: str) -> str:
    """What a campaign is called."""
    return language.value_name(CAMPAIGN, programme)


def step_name(language: Language, step: str) -> str:
    """What a step is called."""
    return language.value_name(DIMENSION, step)


def trigger(language: Language, programme: Programme) -> str:
    """What brings a person into the campaign."""
    return language.say(f"flow_trigger_{programme.trigger.event}", n=programme.trigger.days)


def channels(language: Language, one: Reached) -> str:
    """The channels of a step, each with its people; nobody, where none gets it."""
    told = [
        language.say("flow_channel", channel=language.value_name(CHANNEL, channel), n=n)
        for channel, n in one.channels.items()
        if n
    ]
    return ", ".join(told) or language.say("flow_nobody")


def edges(language: Language, programme: Programme, step: Step) -> Iterator[tuple[str, str]]:
    """(act in words with the wait, the step it leads to or "exit"); acts with the same end are one edge."""
    ends = {act: programme.after(step, act) for act in ("clicked", "nothing")}
    acts = (
        {"flow_either": ends["clicked"]}
        if len(set(ends.values())) == 1
        else {f"flow_{a}": to for a, to in ends.items()}
    )
    waits = {one.id: one.wait for one in programme.steps}
    for act, to in acts.items():
        said = language.say(act)
        yield said if to == EXIT else language.say("flow_after", act=said, n=waits[to]), to


def diagram(language: Language, pack: Pack) -> str:
    """The flow as plain lines, for a message or a terminal."""
    lines = [f"● {trigger(language, pack.programme)}"]
    for one in pack.steps:
        head = language.say(
            "flow_step", day=one.day, step=step_name(language, one.step.id), channels=channels(language, one)
        )
        lines += ["│", f"├─ {head}"]
        for said, to in edges(language, pack.programme, one.step):
            lines.append(f"│    {said} → {language.say('flow_end') if to == EXIT else step_name(language, to)}")
    return "\n".join([*lines, "│", f"■ {language.say('flow_end')}"])


def mermaid(language: Language, pack: Pack) -> str:
    """The flow as the text of a Mermaid diagram."""
    lines = ["flowchart TD", f'    start(["{_quoted(trigger(language, pack.programme))}"]) --> {pack.steps[0].step.id}']
    for one in pack.steps:
        label = f"{step_name(language, one.step.id)}<br/>{channels(language, one)}"
        lines.append(f'    {one.step.id}["{_quoted(label)}"]')
        for said, to in edges(language, pack.programme, one.step):
            lines.append(f'    {one.step.id} -- "{_quoted(said)}" --> {"done" if to == EXIT else to}')
        lines.append(f'    {one.step.id} -. "{_quoted(language.say("flow_reached"))}" .-> done')
    return "\n".join([*lines, f'    done(["{_quoted(language.say("flow_end"))}"])'])


def table(language: Language, pack: Pack) -> str:
    """The flow as a Markdown table: day, step, channel, people, condition, what follows."""
    heads = [language.say(f"flow_head_{name}") for name in ("day", "step", "channel", "people", "condition", "then")]
    rows = [heads, ["---"] * len(heads)]
    for place, one in enumerate(pack.steps):
        then = "; ".join(
            f"{said} → {language.say('flow_end') if to == EXIT else step_name(language, to)}"
            for said, to in edges(language, pack.programme, one.step)
        )
        condition = trigger(language, pack.programme) if not place else language.say("flow_still")
        day = language.say("flow_day", day=one.day)
        rows.append([day, step_name(language, one.step.id), channels(language, one), str(one.people), condition, then])
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)


def remarks(language: Language, pack: Pack) -> Iterator[str]:
    """What caps did to the steps: who gets it later, who not at all and why, who has no text in their language."""
    for one in pack.steps:
        step = step_name(language, one.step.id)
        if one.moved:
            yield language.say("flow_moved", step=step, n=one.moved)
        if one.dropped:
            yield language.say("flow_dropped", step=step, reasons=held_back(language, one.dropped))
        if one.lacking:
            codes = [language.say("draft_elsewhere_one", language=code, n=n) for code, n in one.lacking.items()]
            yield language.say("flow_lacking", step=step, languages=codes)
    if pack.yields:
        yield language.say("flow_yields", n=pack.yields)


def _quoted(text: str) -> str:
    """A label that ends neither its quotes nor its line."""
    return text.replace('"', "'").replace("\n", " ")
