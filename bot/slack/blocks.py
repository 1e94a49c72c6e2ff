"""Answer → Block Kit. Pure: no call, no clock, no Slack but its shapes.

The top-level text always holds the whole answer; blocks show it better. A table stands in
place of the lines of text that say the same.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot import errors
from bot.language import Language
from bot.slack import buttons, limits
from bot.slack.charts import Chart, chart
from bot.slack.limits import Block, Message
from bot.slack.tables import Table, line_of, table
from bot.types import Answer, Choice, Citation

LOG = logging.getLogger(__name__)
MOST_FOLLOW_UPS = 5
LONGEST_HEADLINE = 200
MARK, DECIDE, ALONE, FINAL, SHARE, COMPOSE = "mark", "draft_", "alone", "final", "share", "compose"
FILES = f"{COMPOSE}_files"
"""The button under what is said of an approval: it opens the modal in which what was approved is exported."""
IN_SLACK = {
    "draft_then_export": "slack_draft_then_export", "draft_held_now": "slack_draft_held_now",
    "walk_approved": "slack_walk_approved",
}  # fmt: skip
"""Sentences that name a command of the terminal → those that name what there is to press."""
DEEDS = ("approve", "edit", "reject", "snooze")


def build(
    answer: Answer,
    language: Language,
    *,
    asked: str = "",
    key: str = "",
    marked: bool = False,
    text_of: str = "",
    whispered: bool = False,
    above: Sequence[str] = (),
    under: Mapping[int, Sequence[tuple[str, str]]] = MappingProxyType({}),
) -> Message:
    """The message of an answer, within every limit. `asked` are words that the message has to repeat, `above` lines
    that it begins with; `under` has the number of a line of the answer → the buttons that stand under it, (label, what
    it asks), in place of those of follow-ups; `key` is the id under which the answer is kept, for the receipt of its
    figures; with thumbs if `marked`. `text_of` are the words of the question, where its asker may be given more of the
    answer alone, or share one that was `whispered`."""
    answer = replace(answer, text=in_slack(answer, language))
    caveats = [caveat for caveat in answer.caveats if caveat not in answer.text]
    sources = [_source(one, language) for one in answer.citations if one.title not in answer.text]
    choices = answer.clarify.choices if answer.clarify else ()
    question = answer.clarify.question if answer.clarify and answer.clarify.question not in answer.text else ""
    quoted = [*above, *([language.say("slack_asked", text=asked)] if asked else [])]
    cited = [language.say("slack_sources", titles=", ".join(sources))] if sources else []
    listed = [f"• {choice.label}" for choice in choices if choice.label not in answer.text]

    text = "\n\n".join(part for part in [
        *quoted, answer.text, question, "\n".join(listed), *caveats, *cited
    ] if part.strip())  # fmt: skip

    shown = table(answer, language)
    body = list(_prose(answer.text)) if shown is None else list(in_place_of_lines(answer.text, shown))
    body = list(_with_deeds(answer.text, under)) if under else body
    before = next((at for at, block in enumerate(body) if block["type"] == "table"), len(body))
    body[before:before] = _drawn(chart(answer, language))
    blocks: list[Block] = [
        *_context(quoted),
        *body,
        *([_section(mrkdwn(question))] if question else []),
        *_actions(_choice_buttons(choices)),
        *_context([*([_cut(shown, language)] if shown and shown.ages and key else []), *caveats, *cited]),
        *_actions(
            [] if under else _follow_up_buttons(answer),
            [
                *_alone(answer, text_of, key, language),
                *(_share(answer, text_of, key, language) if whispered else []),
                *_compose(answer, key, language),
                *_approved(answer, language),
                *_receipt(answer, key, language),
                *_final(answer, key, language),
            ],
            len(choices),
        ),
        *(decisions(one.id, language) for one in answer.drafts),
        *([_thumbs(key, language)] if marked and key else []),
    ]
    return limits.fit(mrkdwn(text), blocks)


def in_slack(answer: Answer, language: Language) -> str:
    """The text of an answer, with the button in the place of each command of the terminal."""
    text = answer.text
    labels = {"button": language.say("slack_compose_export"), "approve": language.say("slack_draft_approve")}
    for one in answer.findings:
        if one.key in IN_SLACK:
            spoken = language.say(IN_SLACK[one.key], **{**one.values, **labels})
            text = text.replace(language.say(one.key, **one.values), spoken)
    return text


def files(draft: str, language: Language) -> Block:
    """The button that leads to the files of an approved draft, and of all of the campaign that it is a message of."""
    return _button(FILES, language.say("slack_compose_export"), f"{language.code} {draft}")


def _source(cited: Citation, language: Language) -> str:
    """Where an advice stands."""
    own = f" ({language.say('own_document')})" if cited.own else ""
    return f"{cited.title} – {cited.section}{own}"


def run_again(language: Language, text: str, query: str) -> Message:
    """An answer that may have been given already, and a button for whoever did not see it."""
    said = language.say("slack_run_again", text=text)
    load = buttons.for_again(text, query)
    loads = [(language.say("slack_run_again_button"), load)] if load else []
    return limits.fit(mrkdwn(said), [_section(mrkdwn(said)), *_actions(loads)])


def said_of(refusal: errors.ForPerson, language: Language) -> str:
    """The sentence of a refusal; where the language lacks it, one that is true in any case."""
    try:
        return language.say(refusal.key, **refusal.values)
    except errors.OurFault:
        LOG.exception("a refusal without a sentence")
        return language.say("slack_failed")


def sentence(text: str) -> Message:
    """A message of one sentence."""
    return limits.fit(mrkdwn(text))


def mrkdwn(text: str) -> str:
    """Markdown as Slack writes it, with nothing in it that could call a channel or fake a link.

    No link is made: a label that hides where it leads could come from a customer's name.
    """
    for sign, mark in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, mark)
    text = re.sub(r"^#{1,6}\s+(.+)$", r"*\1*", text, flags=re.MULTILINE)
    text = re.sub(r"\*\*(.+?)\*\*", r"*\1*", text)
    return re.sub(r"^(\s*)[-*]\s+", r"\1• ", text, flags=re.MULTILINE)


def in_place_of_lines(text: str, shown: Table) -> Iterator[Block]:
    """The text with the table where the lines stood that say the same, in their order.

    Where a row has no line of its own, all of the text and then the table.
    """
    lines = text.splitlines()
    spoken = [line_of(label, lines) for label in shown.labels]
    also = [line_of(label, lines) for label in shown.also]
    if None in spoken or len(set(spoken)) < len(spoken):
        yield from _prose(text)
        yield shown.block
        return
    head, *rows = shown.block["rows"]
    in_order = [row for _, row in sorted(zip(spoken, rows, strict=True), key=lambda pair: pair[0] or 0)]
    first = min(at for at in spoken if at is not None)
    yield from _prose("\n".join(lines[:first]), leads=True)
    yield {**shown.block, "rows": [head, *in_order]}
    yield from _prose("\n".join(line for at, line in enumerate(lines[first:], first) if at not in (*spoken, *also)))


def _cut(shown: Table, language: Language) -> str:
    """Where the ages are that have no column."""
    columns, ages = shown.ages or (0, 0)
    labels = {"receipt": language.say("slack_receipt_button"), "file": language.say("slack_receipt_csv")}
    return language.say("slack_table_ages", columns=columns, ages=ages, **labels)


def _prose(text: str, *, leads: bool = False) -> Iterator[Block]:
    """The first line as the headline, the rest below it; `leads` where something else follows."""
    first, _, rest = text.strip().partition("\n")
    if not first:
        return
    plain = len(first) <= LONGEST_HEADLINE and "*" not in first and "`" not in first
    yield _section(f"*{mrkdwn(first)}*" if plain and (leads or rest.strip()) else mrkdwn(first))
    if rest.strip():
        yield _section(mrkdwn(rest.strip()))


def _with_deeds(text: str, under: Mapping[int, Sequence[tuple[str, str]]]) -> Iterator[Block]:
    """The prose, with a row of buttons under those of its lines that have some."""
    first, *lines = text.splitlines()
    yield from _prose(first, leads=True)
    written: list[str] = []
    asked = 0
    for at, line in enumerate(lines, 1):
        written.append(line)
        if at in under:
            loads = [(label, load) for label, words in under[at] if (load := buttons.for_text(words)) is not None]
            yield _section(mrkdwn("\n".join(written)))
            yield from _actions(loads, after=asked)
            written, asked = [], asked + len(loads)
    if written:
        yield _section(mrkdwn("\n".join(written)))


def _section(text: str) -> Block:
    """An answer is read whole, so Slack shall not fold it."""
    return {"type": "section", "text": verbatim(text), "expand": True}


def verbatim(text: str) -> Block:
    """Text that Slack takes as it stands: it shall find no address, channel or "@here" in it by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _context(lines: Iterable[str]) -> Iterator[Block]:
    elements = [verbatim(mrkdwn(line)) for line in lines]
    if elements:
        yield {"type": "context", "elements": elements}


def _drawn(shown: Chart | None) -> Iterator[Block]:
    """A chart, and under it what it cannot say itself."""
    if shown is not None:
        yield shown.block
        if shown.under:
            elements = [verbatim(mrkdwn("\n".join(shown.under)))]
            yield {"type": "context", "block_id": limits.UNDER_CHART, "elements": elements}


def _choice_buttons(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    """Label and load of each choice; one whose Query is too long for a button asks by its words."""
    loads = ((choice.label, buttons.for_choice(choice) or buttons.for_text(choice.label)) for choice in choices)
    return [(label, load) for label, load in loads if load is not None]


def _follow_up_buttons(answer: Answer) -> list[tuple[str, str]]:
    """Label and load of each follow-up: a short label, where it has one, asks the whole question all the same."""
    asked = list(dict.fromkeys(answer.follow_ups))[:MOST_FOLLOW_UPS]
    loads = ((answer.labels.get(text, text), buttons.for_text(text)) for text in asked)
    return [(label, load) for label, load in loads if load is not None]


def _alone(answer: Answer, text: str, key: str, language: Language) -> list[Block]:
    value = buttons.for_alone(text, key) if answer.fuller and key and text else None
    return [_button(ALONE, language.say("slack_alone_button"), value)] if value else []


def _share(answer: Answer, text: str, key: str, language: Language) -> list[Block]:
    value = buttons.for_share(text, key) if answer.evidence and key and text else None
    return [_button(SHARE, language.say("slack_share_button"), value)] if value else []


def _compose(answer: Answer, key: str, language: Language) -> list[Block]:
    """The button of an answer whose people can be written to: a form, with more to choose than a follow-up has."""
    subjects = [query.subject for query in answer.queries[:1] if query.subject]
    offers = {language.say("follow_draft"), language.say("follow_draft_inactive")}
    offers |= {language.say("follow_draft_account", id=one) for one in subjects}
    if not key or offers.isdisjoint(answer.follow_ups):
        return []
    return [_button(COMPOSE, language.say("slack_compose_button"), f"{language.code} {key}")]


def _approved(answer: Answer, language: Language) -> list[Block]:
    """The button of a campaign that is approved."""
    return [files(one.values["draft"], language) for one in answer.findings if one.key == "walk_approved"]


def _receipt(answer: Answer, key: str, language: Language) -> list[Block]:
    return [_button("receipt", language.say("slack_receipt_button"), key)] if key and answer.evidence else []


def _final(answer: Answer, key: str, language: Language) -> list[Block]:
    """The button of an answer that will still change; a day that is over only waits for its data."""
    final = answer.final
    if final is None or not key:
        return []
    on = final.day > final.asked
    label = language.say("slack_final_on", day=final.day) if on else language.say("slack_final")
    return [_button(FINAL, label, f"{language.code} {key}")]


def _thumbs(key: str, language: Language) -> Block:
    """Two buttons; each carries which it is, the language it is asked in, and the id of the answer."""

    def button(way: str) -> Block:
        text = {"type": "plain_text", "text": language.say(f"slack_mark_{way}")}
        return {"text": text, "value": f"{way} {language.code} {key}"}

    both = {"positive_button": button("up"), "negative_button": button("down")}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": MARK, **both}]}


def decisions(draft: str, language: Language) -> Block:
    """What may be done about a draft; each button carries the language it is asked in, and the draft's id."""
    value = f"{language.code} {draft}"
    buttons_of = [_button(f"{DECIDE}{deed}", language.say(f"slack_draft_{deed}"), value) for deed in DEEDS]
    return {"type": "actions", "elements": buttons_of}


def _button(action: str, label: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": label}, "value": value}


def _actions(loads: list[tuple[str, str]], more: Iterable[Block] = (), after: int = 0) -> Iterator[Block]:
    asking = [_button(f"ask_{number}", label, load) for number, (label, load) in enumerate(loads, start=after)]
    if elements := [*asking, *more]:
        yield {"type": "actions", "elements": elements}
