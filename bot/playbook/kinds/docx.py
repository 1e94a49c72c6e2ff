"""Word documents: paragraphs, lists and tables; headers, footers and comments are no part of the text."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile, is_zipfile

from bot.errors import BadData
from bot.playbook.kinds import BOLD, Block, Draft

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

SUFFIXES = (".docx",)
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of the older format begin, in which Office also puts what a password protects."""
_MOST_UNPACKED = 200 * 2**20
_LONGEST_HEADING = 80


def read(data: bytes) -> Draft:
    """The body in its order."""
    from docx import Document
    from docx.table import Table

    if data.startswith(_OLD):
        raise BadData("document_encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "document_broken")
    if not is_zipfile(BytesIO(data)):
        raise BadData("document_broken")
    if sum(one.file_size for one in ZipFile(BytesIO(data)).infolist()) > _MOST_UNPACKED:
        raise BadData("document_too_long")
    found: list[Block] = []
    title = ""
    for part in Document(BytesIO(data)).iter_inner_content():
        if isinstance(part, Table):
            found += [Block(0, row) for row in _rows(part)]
        elif text := part.text.strip():
            style = (part.style.name or "") if part.style else ""
            if style == "Title":
                title = title or text
            else:
                found.append(_block(part, style, text))
    return Draft(tuple(found), title)


def _block(paragraph: Paragraph, style: str, text: str) -> Block:
    if level := _level(paragraph, style, text):
        return Block(level, text)
    return Block(0, f"- {text}" if style.startswith("List") or _numbered(paragraph) else text)


def _level(paragraph: Paragraph, style: str, text: str) -> int:
    """By the style's name, which Word writes in English in every language, its outline level, or all of it in bold."""
    if named := re.fullmatch(r"[Hh]eading (\d)", style):
        return int(named[1])
    properties = [
        one for one in (paragraph.paragraph_format, getattr(paragraph.style, "paragraph_format", None)) if one
    ]
    for one in properties:
        outline: Any = one._element.find(".//{*}outlineLvl")  # noqa: SLF001  python-docx has no name for it
        if outline is not None and (told := next(iter(outline.attrib.values()), "")).isdigit() and int(told) < BOLD:
            return int(told) + 1
    runs = [run for run in paragraph.runs if run.text.strip()]
    bold = bool(runs) and all(run.bold for run in runs) and not _numbered(paragraph)
    return BOLD if bold and len(text) <= _LONGEST_HEADING and text[-1] not in ".,;" else 0


def _numbered(paragraph: Paragraph) -> bool:
    properties = paragraph._p.pPr  # noqa: SLF001  python-docx has no name for it
    return properties is not None and properties.numPr is not None


def _rows(table: Table) -> list[str]:
    """The cells of each row, merged ones once."""
    rows = []
    for row in table.rows:
        cells = dict.fromkeys(row.cells)
        rows.append(" | ".join(filter(None, (" ".join(cell.text.split()) for cell in cells))))
    return [row for row in rows if row]
