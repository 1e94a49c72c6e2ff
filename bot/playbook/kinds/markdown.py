"""Markdown: CommonMark with tables; raw HTML in it is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bot.playbook.kinds import Block, Draft
from bot.playbook.kinds.text import decoded

if TYPE_CHECKING:
    from markdown_it.token import Token

SUFFIXES = (".md", ".markdown")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def read(data: bytes) -> Draft:
    """The blocks of a file; its front matter gives a title and nothing else."""
    text = decoded(data)
    front = _FRONT.match(text)
    title = _TITLE.search(front[1]) if front else None
    return Draft(tuple(blocks(text[front.end() :] if front else text)), title[1] if title else "")


def blocks(text: str) -> Iterator[Block]:
    """Headings, paragraphs, items with their mark, and rows of tables with a bar between cells."""
    from markdown_it import MarkdownIt

    level, mark, cells, in_cell = 0, "", list[str](), False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "- "
        elif token.type == "tr_open":
            cells = []
        elif token.type in ("td_open", "th_open"):
            in_cell = True
        elif token.type == "tr_close":
            yield Block(0, " | ".join(filter(None, cells)))
        elif token.type in ("fence", "code_block"):
            yield Block(0, token.content.strip())
        elif token.type == "inline":
            said = plain(token.children or ())
            if in_cell:
                cells.append(said)
            else:
                yield Block(level, f"{mark}{said}" if said else "")
            level, mark, in_cell = 0, "", False


def plain(tokens: Iterable[Token]) -> str:
    """The words of a line, without marks, pictures and tags."""
    breaks = {"softbreak": " ", "hardbreak": " "}
    parts = [breaks.get(one.type) or (one.content if one.type in ("text", "code_inline") else "") for one in tokens]
    return "".join(parts).strip()
