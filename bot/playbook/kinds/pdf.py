"""PDF: lines with their size of type, from which headings are told; running headers and footers are dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bot.errors import BadData
from bot.playbook.kinds import BOLD, PAGE, Block, Draft

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

SUFFIXES = (".pdf",)
MOST_PAGES = 500
_LARGER = 1.1
"""So much larger than the text around it is a heading's type."""
_LONGEST_HEADING = 120
_EDGE = 3
"""Lines at the top and the bottom of a page that may run through a document."""
_ITEM = re.compile(r"([-*•–▪◦·]|\d+[.)])\s")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its text, its size of type in points, and whether it is in bold."""

    text: str
    size: float
    bold: bool = False


def read(data: bytes) -> Draft:
    """The text of all pages. What a password protects is refused, unless the password is empty."""
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError

    reader = PdfReader(BytesIO(data))
    try:
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise BadData("document_encrypted")
    except DependencyError as error:
        raise BadData("document_encrypted") from error
    if len(reader.pages) > MOST_PAGES:
        raise BadData("document_too_long")
    pages = without_running([list(_lines(page)) for page in reader.pages])
    return Draft(tuple(_blocks(pages, _bookmarks(reader))))


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the lines at their edges that half of them or more share, whatever number stands in them."""
    if len(pages) < 3:
        return [list(page) for page in pages]
    counted = Counter(key for page in pages for key in {_key(line) for line in [*page[:_EDGE], *page[-_EDGE:]]})
    running = {key for key, times in counted.items() if times >= max(3, len(pages) / 2)}
    return [
        [line for at, line in enumerate(page) if _EDGE <= at < len(page) - _EDGE or _key(line) not in running]
        for page in pages
    ]


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text).casefold()


def _lines(page: PageObject) -> Iterator[Line]:
    """The lines in reading order; the type of most of its letters is a line's."""
    pieces: list[tuple[str, float, bool]] = []

    def seen(text: str, now: list[float], placed: list[float], font: Any, size: float | None) -> None:
        scale = abs(placed[3] or placed[1]) * abs(now[3] or now[1])
        name = str((font or {}).get("/BaseFont", ""))
        pieces.append((text, round((size or 0) * scale, 1), bool(re.search(r"bold|black|heavy", name, re.IGNORECASE))))

    page.extract_text(visitor_text=seen)
    line: list[tuple[str, float, bool]] = []
    for text, size, bold in [*pieces, ("\n", 0.0, False)]:
        first, *more = text.split("\n")
        line.append((first, size, bold))
        for part in more:
            if told := " ".join("".join(one for one, _, _ in line).split()):
                letters = Counter[tuple[float, bool]]()
                for one, its_size, its_bold in line:
                    letters[its_size, its_bold] += len(one.strip())
                most = letters.most_common(1)[0][0]
                yield Line(told, *most)
            line = [(part, size, bold)]


def _bookmarks(reader: PdfReader) -> dict[str, int]:
    """Title → level of what the document's own outline names."""
    found: dict[str, int] = {}

    def walk(entries: Any, level: int) -> None:
        for one in entries:
            if isinstance(one, list):
                walk(one, level + 1)
            else:
                found.setdefault(_plain(str(one.title or "")), level)

    walk(reader.outline, 1)
    return found


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _blocks(pages: Sequence[Sequence[Line]], bookmarks: dict[str, int]) -> Iterator[Block]:
    levels = _levels([line for page in pages for line in page], bookmarks)
    text, last = "", 0
    for number, page in enumerate(pages, 1):
        if not levels:
            yield Block(0, text)
            yield Block(PAGE, f"p. {number}")
            text = ""
        widest = max((len(line.text) for line in page), default=0)
        before = ""
        for line in page:
            level = levels.get(line, 0)
            if level or last:
                if level and level == last and len(text) + len(line.text) < _LONGEST_HEADING:
                    text += f" {line.text}"  # a heading of two lines
                else:
                    yield Block(last, text)
                    text = line.text
            elif not text or _ITEM.match(line.text) or (before[-1:] in ".!?:" and len(before) < 0.7 * widest):
                yield Block(0, text)
                text = line.text
            else:
                text += f" {line.text}"
            last, before = level, line.text
    yield Block(last, text)


def _levels(lines: Sequence[Line], bookmarks: dict[str, int]) -> dict[Line, int]:
    """The lines that are headings: those of the outline, else those in larger type, else those in bold."""
    marked = {line: bookmarks[_plain(line.text)] for line in lines if _plain(line.text) in bookmarks}
    if len(marked) > 1 and 2 * len(marked) >= len(bookmarks):  # else the outline is worded otherwise than the headings
        return marked
    letters = Counter[float]()
    for line in lines:
        letters[line.size] += len(line.text)
    body = letters.most_common(1)[0][0] if letters else 0.0
    short = [line for line in lines if len(line.text) <= _LONGEST_HEADING and re.search(r"[^\W\d_]", line.text)]
    sizes = sorted({line.size for line in short if line.size > body * _LARGER}, reverse=True)
    larger = {line: min(sizes.index(line.size) + 1, BOLD - 1) for line in short if line.size in sizes}
    bold = [line for line in short if line.bold and line.size == body and line.text[-1] not in ".,;"]
    few = sum(len(line.text) for line in bold) < sum(letters.values()) / 4
    return larger | (dict.fromkeys((line for line in bold if not _ITEM.match(line.text)), BOLD) if few else {})
