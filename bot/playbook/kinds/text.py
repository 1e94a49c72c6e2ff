"""Plain text: a short line that stands alone before others is a heading."""

from __future__ import annotations

import re

from bot.errors import BadData
from bot.playbook.kinds import Block, Draft

SUFFIXES = (".txt", ".text")
_POLISH = re.compile(r"(?<=[^\W\d_])[¹³¿]")
"""What Polish letters turn into where they are read as Western Europe's; ..."""
_WESTERN = re.compile("[èàùñ¡]")
"""... what speaks for Western Europe."""
_LATIN = "\u024f"
"""The last of the Latin letters."""
_LONGEST_HEADING = 80
_UNDERLINE = re.compile(r"[=\-~_*#]{3,}")
_ITEM = re.compile(r"([-*•–]|\d+[.)])\s")


def read(data: bytes) -> Draft:
    """Paragraphs are what empty lines part; the items of a list stay apart."""
    blocks: list[Block] = []
    parts = [part.strip() for part in re.split(r"\n\s*\n", decoded(data))]
    paragraphs = [[line.strip() for line in part.split("\n")] for part in parts if part]
    for number, lines in enumerate(paragraphs):
        if len(lines) > 1 and _UNDERLINE.fullmatch(lines[1]):
            blocks += [Block(1, lines[0]), *_paragraph(lines[2:])]
        elif len(lines) == 1 and number + 1 < len(paragraphs) and _is_heading(lines[0]):
            blocks.append(Block(1, lines[0].rstrip(":")))
        else:
            blocks += _paragraph(lines)
    return Draft(tuple(blocks))


def decoded(data: bytes) -> str:
    """The text in whatever encoding it was written. Raises BadData("document_broken") for what is no text."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not wide:
        raise BadData("document_broken")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = _guessed(data)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _guessed(data: bytes) -> str:
    """Text in another alphabet as it is most likely meant, else in the code page of Western or of Central Europe."""
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise BadData("document_broken")
    letters = [one for one in str(best) if one.isalpha()]
    if 2 * sum(one > _LATIN for one in letters) > len(letters):
        return str(best)
    text = data.decode("cp1252", errors="replace")
    polish = len(_POLISH.findall(text)) > len(_WESTERN.findall(text))
    return data.decode("cp1250", errors="replace") if polish else text


def _is_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and not _ITEM.match(line) and line[-1] not in ".,;!?。！？…"


def _paragraph(lines: list[str]) -> list[Block]:
    """Lines that were only broken for their length are one again."""
    found: list[str] = []
    for line in lines:
        if found and not _ITEM.match(line):
            found[-1] += f" {line}"
        else:
            found.append(line)
    return [Block(0, text) for text in found if not _UNDERLINE.fullmatch(text)]
