"""What is wrong with these blocks? A table of blocks, each field with its rule.

A rule takes a value and its path and yields one sentence for each fault.
Unknown fields and unknown types are faults, as they are for Slack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

from bot.playground import limits
from bot.playground.elements import (
    ACCESSORIES,
    ACTIONS,
    CONTEXT,
    CONTEXT_ACTIONS,
    INPUTS,
    Rule,
    button,
    element,
    flag,
    image,
    items,
    mrkdwn,
    number,
    one_of,
    plain,
    record,
    string,
    text,
    typed,
)

Surface: TypeAlias = Literal["message", "modal", "home"]
Block: TypeAlias = dict[str, Any]


def faults(blocks: Any, surface: Surface = "message") -> list[str]:
    """All faults of a list of blocks on one surface, each with its place; empty when Slack takes them."""
    if not isinstance(blocks, list):
        return ["blocks: not a list"]
    most = limits.MESSAGE_BLOCKS if surface == "message" else limits.VIEW_BLOCKS
    found = [f"blocks: more than {most}"] if len(blocks) > most else []
    for at, block in enumerate(blocks):
        found += _block(block, f"/blocks/{at}", surface)
    if not found:
        found += _together(blocks)
    return found


def weight(blocks: list[Block]) -> int:
    """The characters of text that Slack counts over all blocks of a message."""

    def count(value: Any) -> int:
        if isinstance(value, str):
            return len(value)
        if isinstance(value, list):
            return sum(map(count, value))
        if isinstance(value, Mapping):
            return sum(count(v) for k, v in value.items() if k in _COUNTED)
        return 0

    return count(blocks)


_COUNTED = {
    "text", "fields", "elements", "rows", "title", "subtitle", "body", "caption", "label", "alt_text",
    "tasks", "details", "output", "child_blocks", "accessory", "options", "chart", "cells",
}  # fmt: skip


def _together(blocks: list[Block]) -> Iterator[str]:
    """The rules over all blocks of one payload; each block is sound by now."""
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    if len(ids) != len(set(ids)):
        yield "blocks: block_id used twice"
    marked = "\n".join(b["text"] for b in blocks if b["type"] == "markdown")
    if len(marked) > limits.MARKDOWN_TEXT_IN_ALL:
        yield f"markdown: more than {limits.MARKDOWN_TEXT_IN_ALL} characters over all blocks"
    if len(re.findall(r"^(#{1,6} .*|-{3,}|\*{3,})$", marked, re.MULTILINE)) > limits.MARKDOWN_ITEMS:
        yield f"markdown: more than {limits.MARKDOWN_ITEMS} headings and rules"
    tables = [b for b in blocks if b["type"] == "table"]
    if len(tables) > limits.TABLES:
        yield "table: more than one in a message"
    if sum(weight(b["rows"]) for b in tables) > limits.TABLE_TEXT:
        yield f"table: more than {limits.TABLE_TEXT} characters over all cells"
    if sum(weight(b["rows"]) for b in blocks if b["type"] == "data_table") > limits.DATA_TABLE_TEXT:
        yield f"data_table: more than {limits.DATA_TABLE_TEXT} characters over all cells"
    if sum(b["type"] == "data_visualization" for b in blocks) > limits.CHARTS:
        yield f"data_visualization: more than {limits.CHARTS} in a message"
    actions = [e["action_id"] for b in blocks for e in b.get("elements", ()) if "action_id" in e]
    if len(actions) != len(set(actions)):
        yield "elements: action_id used twice"


def _block(block: Any, path: str, surface: Surface) -> Iterator[str]:
    if not isinstance(block, dict) or block.get("type") not in _BLOCKS:
        yield f"{path}: unknown type {block.get('type') if isinstance(block, dict) else block!r}"
        return
    surfaces, needed, allowed, more = _BLOCKS[block["type"]]
    if surface not in surfaces:
        yield f"{path}: {block['type']} is not allowed in a {surface}"
    common = {"type": string(64), "block_id": string(limits.BLOCK_ID)}
    yield from record(needed, {**common, **allowed})(block, path)
    if more is not None:
        yield from more(block, path)


# --- rules of single blocks -------------------------------------------------------------------


def _section(block: Block, path: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield f"{path}: a section needs text or fields"


def _image(block: Block, path: str) -> Iterator[str]:
    if ("image_url" in block) == ("slack_file" in block):
        yield f"{path}: an image needs image_url or slack_file"


def _rich(value: Any, path: str) -> Iterator[str]:
    yield from record({"type": one_of("rich_text"), "elements": items(_rich_part, 0, 1000)}, {
        "block_id": string(limits.BLOCK_ID)
    })(value, path)  # fmt: skip


_RICH_LEAF: Mapping[str, tuple[str, ...]] = {
    "text": ("text",), "link": ("url",), "user": ("user_id",), "channel": ("channel_id",), "emoji": ("name",),
    "usergroup": ("usergroup_id",), "broadcast": ("range",), "date": ("timestamp", "format"),
    "team": ("team_id",), "color": ("value",),
}  # fmt: skip


def _rich_part(value: Any, path: str) -> Iterator[str]:
    kinds = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"{path}: not a part of rich text"
        return
    inner = _rich_part if value["type"] == "rich_text_list" else _rich_leaf
    yield from items(inner, 0, 1000)(value.get("elements"), f"{path}/elements")


def _rich_leaf(value: Any, path: str) -> Iterator[str]:
    needed = _RICH_LEAF.get(str(value.get("type"))) if isinstance(value, dict) else None
    if needed is None:
        yield f"{path}: not an element of rich text"
        return
    yield from (f"{path}/{name}: missing or empty" for name in needed if not value.get(name))


def _cell(value: Any, path: str) -> Iterator[str]:
    rules: Mapping[str, Rule] = {
        "raw_text": record({"type": string(64), "text": string(limits.TABLE_TEXT)}, {}),
        "raw_number": record({"type": string(64), "value": number, "text": string(limits.TABLE_TEXT)}, {}),
        "rich_text": _rich,
    }
    yield from typed(rules)(value, path)


def _row(value: Any, path: str) -> Iterator[str]:
    yield from items(_cell, 1, limits.TABLE_COLUMNS)(value, path)


def _even(block: Block, path: str) -> Iterator[str]:
    rows = block.get("rows")
    if isinstance(rows, list) and len({len(row) for row in rows if isinstance(row, list)}) > 1:
        yield f"{path}/rows: rows of different lengths"


def _data_table(block: Block, path: str) -> Iterator[str]:
    yield from _even(block, path)
    rows = block.get("rows")
    head = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    if any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in head):
        yield f"{path}/rows/0: the header may not be rich text"


def _chart(value: Any, path: str) -> Iterator[str]:
    lines: Rule = record(
        {
            "type": string(64),
            "series": items(_series, 1, limits.CHART_SERIES),
            "axis_config": record(
                {"categories": items(string(limits.CHART_LABEL), 1, limits.CHART_POINTS)},
                {"x_label": string(limits.CHART_AXIS_LABEL), "y_label": string(limits.CHART_AXIS_LABEL)},
            ),
        },
        {},
    )
    segment = record({"label": string(limits.CHART_LABEL), "value": _positive}, {})
    pie = record({"type": string(64), "segments": items(segment, 1, limits.CHART_SEGMENTS)}, {})
    before = list(typed({"pie": pie, "bar": lines, "line": lines, "area": lines})(value, path))
    yield from before
    if before or value["type"] == "pie":
        return
    names = [series["name"] for series in value["series"]]
    if len(set(names)) < len(names):
        yield f"{path}/series: names used twice"
    for at, series in enumerate(value["series"]):
        if [point["label"] for point in series["data"]] != value["axis_config"]["categories"]:
            yield f"{path}/series/{at}: points do not match the categories"


def _series(value: Any, path: str) -> Iterator[str]:
    point = record({"label": string(limits.CHART_LABEL), "value": number}, {})
    yield from record({"name": string(limits.CHART_LABEL), "data": items(point, 1, limits.CHART_POINTS)}, {})(
        value, path
    )


def _positive(value: Any, path: str) -> Iterator[str]:
    yield from number(value, path)
    if isinstance(value, int | float) and value <= 0:
        yield f"{path}: not above zero"


def _url_source(value: Any, path: str) -> Iterator[str]:
    yield from record({"type": one_of("url"), "url": string(limits.IMAGE_URL), "text": string(limits.TEXT_OBJECT)}, {})(
        value, path
    )


_TASK_FIELDS: Mapping[str, Rule] = {
    "details": _rich,
    "output": _rich,
    "sources": items(_url_source, 0, limits.PLAN_TASKS),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
_TASK_NEEDS: Mapping[str, Rule] = {"task_id": string(255), "title": string(limits.TEXT_OBJECT)}


def _alone(block: Block, path: str) -> Iterator[str]:
    if block.get("status") == "pending":
        yield f"{path}/status: a task card on its own may not be pending"


def _task(value: Any, path: str) -> Iterator[str]:
    common = {"type": one_of("task_card"), "block_id": string(limits.BLOCK_ID)}
    yield from record(_TASK_NEEDS, {**common, **_TASK_FIELDS})(value, path)


_CARD: Mapping[str, Rule] = {
    "hero_image": image,
    "icon": image,
    "title": mrkdwn(limits.CARD_TITLE),
    "subtitle": mrkdwn(limits.CARD_TITLE),
    "body": mrkdwn(limits.CARD_BODY),
    "actions": items(button, 1, limits.CARD_ACTIONS),
}


def _card(value: Any, path: str) -> Iterator[str]:
    common = {"type": one_of("card"), "block_id": string(limits.BLOCK_ID)}
    yield from record({}, {**common, **_CARD})(value, path)


_IN_A_CONTAINER = {
    "actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table",
    "video",
}  # fmt: skip


def _child(value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in _IN_A_CONTAINER:
        yield f"{path}: not allowed in a container"
        return
    yield from _block(value, path, "message")


# --- the table --------------------------------------------------------------------------------

_ALL = frozenset({"message", "modal", "home"})
_MESSAGE = frozenset({"message"})
_SHOWN = frozenset({"message", "home"})
_Row: TypeAlias = tuple[
    frozenset[str], Mapping[str, Rule], Mapping[str, Rule], Callable[[Block, str], Iterator[str]] | None
]

_BLOCKS: Mapping[str, _Row] = {
    "section": (
        _ALL,
        {},
        {
            "text": text(limits.SECTION_TEXT),
            "fields": items(text(limits.SECTION_FIELD_TEXT), 1, limits.SECTION_FIELDS),
            "accessory": element(ACCESSORIES),
            "expand": flag,
        },
        _section,
    ),
    "header": (_ALL, {"text": plain(limits.HEADER_TEXT)}, {"level": number}, None),
    "divider": (_ALL, {}, {}, None),
    "context": (_ALL, {"elements": items(element(CONTEXT), 1, limits.CONTEXT_ELEMENTS)}, {}, None),
    "actions": (_ALL, {"elements": items(element(ACTIONS), 1, limits.ACTIONS_ELEMENTS)}, {}, None),
    "context_actions": (
        _MESSAGE,
        {"elements": items(element(CONTEXT_ACTIONS), 1, limits.CONTEXT_ACTIONS_ELEMENTS)},
        {},
        None,
    ),
    "markdown": (_MESSAGE, {"text": string(limits.MARKDOWN_TEXT_IN_ALL)}, {}, None),
    "table": (
        _SHOWN,
        {"rows": items(_row, 1, limits.TABLE_ROWS)},
        {
            "column_settings": items(
                record({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag}),
                0,
                limits.TABLE_COLUMNS,
            )
        },
        _even,
    ),
    "data_table": (
        _SHOWN,
        {"rows": items(_row, 2, limits.DATA_TABLE_ROWS), "caption": string(limits.TEXT_OBJECT)},
        {"page_size": number, "row_header_column_index": number},
        _data_table,
    ),
    "data_visualization": (_SHOWN, {"title": string(limits.CHART_TITLE), "chart": _chart}, {}, None),
    "task_card": (_MESSAGE, _TASK_NEEDS, _TASK_FIELDS, _alone),
    "plan": (
        _MESSAGE,
        {"title": string(limits.TEXT_OBJECT)},
        {"tasks": items(_task, 0, limits.PLAN_TASKS)},
        None,
    ),
    "card": (_ALL, {}, _CARD, None),
    "carousel": (_SHOWN, {"elements": items(_card, 1, limits.CAROUSEL_CARDS)}, {}, None),
    "container": (
        _SHOWN,
        {"child_blocks": items(_child, 1, limits.CONTAINER_BLOCKS)},
        {
            "title": plain(limits.CONTAINER_TITLE),
            "rich_text_title": _rich,
            "subtitle": text(limits.CONTAINER_TITLE),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": image,
            "is_collapsible": flag,
            "default_collapsed": flag,
            "has_header_divider": flag,
        },
        None,
    ),
    "alert": (
        frozenset({"modal"}),
        {"text": text(limits.ALERT_TEXT)},
        {"level": one_of("default", "info", "warning", "error", "success")},
        None,
    ),
    "image": (
        _ALL,
        {"alt_text": string(limits.IMAGE_ALT)},
        {
            "image_url": string(limits.IMAGE_URL),
            "slack_file": record({}, {"id": string(64), "url": string(limits.IMAGE_URL)}),
            "title": plain(limits.IMAGE_ALT),
        },
        _image,
    ),
    "rich_text": (_ALL, {"elements": items(_rich_part, 0, 1000)}, {}, None),
    "input": (
        _ALL,
        {"label": plain(limits.INPUT_LABEL), "element": element(INPUTS)},
        {"hint": plain(limits.INPUT_LABEL), "optional": flag, "dispatch_action": flag},
        None,
    ),
}
