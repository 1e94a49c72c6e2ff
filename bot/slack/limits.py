"""Slack's limits, and how a message gives way to them. Pure.

`fit` keeps every limit: long text is split, a long table shortened, and what still does not
fit leaves the blocks and goes on as plain text. The numbers are never lost: the top-level
texts always hold the whole answer.

Sources: docs.slack.dev/reference/block-kit/blocks, /reference/methods/chat.update;
the text of all blocks is a measured limit (slackapi/bolt-js issue 2509).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Block: TypeAlias = dict[str, Any]

TEXT: Final = 4_000
BLOCKS: Final = 50
BLOCK_TEXT: Final = 13_000
SECTION: Final = 3_000
FIELD: Final = 2_000
HEADER: Final = 150
VIEW_BLOCKS: Final = 100
PRIVATE_METADATA: Final = 3_000
CONTEXT: Final = 3_000
CONTEXT_ELEMENTS: Final = 10
ACTIONS: Final = 25
BUTTON: Final = 75
BUTTON_VALUE: Final = 2_000
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
TABLE_TEXT: Final = 10_000
TABLES: Final = 1
CHART_TITLE: Final = 50
CHART_LABEL: Final = 20
CHART_AXIS: Final = 50
CHART_SERIES: Final = 6
CHART_POINTS: Final = 20
PROMPTS: Final = 4
NOTHING: Final = "–"
CHART: Final = "data_visualization"
UNDER_CHART: Final = "under_chart"
"""The id of the block that explains a chart, and goes where the chart goes."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out: one message with blocks, and `rest`, the plain messages that go on from it."""

    text: str
    blocks: tuple[Block, ...] = ()
    rest: tuple[str, ...] = ()

    def ways(self) -> tuple[Message, ...]:
        """This message, then ever plainer ones for a Slack that does not take it: the table alone where it does not
        know charts, at last no blocks."""
        kinds = [self.blocks, tuple(_without_chart(self.blocks)), ()]
        return tuple(Message(self.text, one, self.rest) for at, one in enumerate(kinds) if one not in kinds[:at])


def fit(text: str, blocks: Sequence[Block] = ()) -> Message:
    """The message that keeps every limit and still says everything.

    `text` is the whole answer in mrkdwn; what one message cannot hold goes on in `rest`.
    """
    first, *rest = pieces(text, TEXT) or [NOTHING]
    kept = [part for block in blocks for part in _sound(block)]
    kept = _one_table(kept)
    if not any(block["type"] == CHART for block in kept):
        kept = _without_chart(kept)
    while kept and weight(kept) > BLOCK_TEXT:
        kept = _lighter(kept)
    if len(kept) > BLOCKS:
        kept = _fewer(kept)
    return Message(first, tuple(kept), tuple(rest))


def pieces(text: str, most: int) -> list[str]:
    """A text in parts of at most `most` characters, cut between paragraphs, lines or words if it can be."""
    parts: list[str] = []
    left = text.strip()
    while len(left) > most:
        window = left[: most + 1]
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := window.rfind(mark)) > most // 2), most)
        parts.append(left[:cut].rstrip())
        left = left[cut:].lstrip()
    return [*parts, left] if left else parts


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, with a sign where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def weight(value: Any) -> int:
    """The characters of text in blocks, counted on the safe side: every string but types and ids."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        hidden = ("type", "block_id", "action_id", "value", "style")
        return sum(weight(inner) for name, inner in value.items() if name not in hidden)
    if isinstance(value, list | tuple):
        return sum(weight(inner) for inner in value)
    return 0


# --- single blocks ----------------------------------------------------------------------------


def _sound(block: Block) -> list[Block]:
    """A block as one or more that keep their own limits; an empty one vanishes."""
    match block["type"]:
        case "section":
            return [
                {**block, "text": {**block["text"], "text": part}} for part in pieces(block["text"]["text"], SECTION)
            ]
        case "context":
            elements = [{**e, "text": shortened(e["text"], CONTEXT)} for e in block["elements"] if e["text"].strip()]
            return [{**block, "elements": some} for some in _groups(elements, CONTEXT_ELEMENTS)]
        case "actions":
            buttons = [_button(e) for e in block["elements"] if len(e.get("value", "")) <= BUTTON_VALUE]
            return [{**block, "elements": some} for some in _groups(buttons, ACTIONS)]
        case "table":
            return [_table(block)] if block["rows"] else []
        case "data_visualization":
            return _chart(block)
    return [block]


def _groups(items: list[Any], most: int) -> list[list[Any]]:
    return [items[at : at + most] for at in range(0, len(items), most)]


def _button(button: Block) -> Block:
    return {
        **button,
        "text": {**button["text"], "text": shortened(button["text"]["text"] or NOTHING, BUTTON)},
    }


def _table(block: Block) -> Block:
    """A table within its limits: no empty cell, not too many rows, columns or characters."""
    rows = [[_cell(cell) for cell in row[:TABLE_COLUMNS]] for row in block["rows"][:TABLE_ROWS]]
    used = 0
    for at, row in enumerate(rows):
        used += weight(row)
        if used > TABLE_TEXT:
            rows = rows[: max(at, 1)]
            break
    kept = {**block, "rows": rows}
    if "column_settings" in block:
        kept["column_settings"] = block["column_settings"][:TABLE_COLUMNS]
    return kept


def _cell(cell: Block) -> Block:
    return {**cell, "text": shortened(cell["text"].strip() or NOTHING, TABLE_TEXT // TABLE_COLUMNS)}


def _chart(block: Block) -> list[Block]:
    """A chart within its limits; none where its points could no longer be told apart."""
    chart = block["chart"]
    axis = chart["axis_config"]
    labels = [shortened(one, CHART_LABEL) for one in axis["categories"][:CHART_POINTS]]
    names = [shortened(one["name"], CHART_LABEL) for one in chart["series"][:CHART_SERIES]]
    if not labels or min(len(set(labels)) - len(labels), len(set(names)) - len(names)):
        return []
    series = [
        {"name": name, "data": [{**point, "label": label} for label, point in zip(labels, one["data"], strict=False)]}
        for name, one in zip(names, chart["series"], strict=False)
    ]
    told = {name: shortened(axis[name], CHART_AXIS) for name in ("x_label", "y_label") if axis.get(name)}
    kept = {**chart, "series": series, "axis_config": {"categories": labels, **told}}
    return [{**block, "title": shortened(block["title"], CHART_TITLE), "chart": kept}]


def _without_chart(blocks: Sequence[Block]) -> list[Block]:
    return [one for one in blocks if one["type"] != CHART and one.get("block_id") != UNDER_CHART]


def _one_table(blocks: list[Block]) -> list[Block]:
    first = next((block for block in blocks if block["type"] == "table"), None)
    return [block for block in blocks if block["type"] != "table" or block is first]


# --- all blocks together ----------------------------------------------------------------------


def _lighter(blocks: list[Block]) -> list[Block]:
    """One step lighter: without the chart, which the table says too; half the table's rows, else without the table,
    the context, the last block."""
    if len(plainer := _without_chart(blocks)) < len(blocks):
        return plainer
    table = next((block for block in blocks if block["type"] == "table"), None)
    if table is not None and len(table["rows"]) > 10:
        half = {**table, "rows": table["rows"][: len(table["rows"]) // 2]}
        return [half if block is table else block for block in blocks]
    for kind in ("table", "context"):
        found = [block for block in blocks if block["type"] == kind]
        if found:
            return [block for block in blocks if block is not found[-1]]
    return blocks[:-1]


def _fewer(blocks: list[Block]) -> list[Block]:
    """At most as many blocks as a message holds; the buttons stay, the last of the others go."""
    buttons = [block for block in blocks if block["type"] == "actions"][:BLOCKS]
    others = [block for block in blocks if block["type"] != "actions"][: BLOCKS - len(buttons)]
    return [*others, *buttons]
