"""ADD A TOOL: one TOML file here, and drafts can be exported with that tool's own merge tags.

    name       as people call it
    value      a tag without a fallback; FIELD is the field's name there
    fallback   a tag with one; FALLBACK is its text
    never      what a fallback must not hold, for it would end the tag
    case       how the tool's fields are written: snake, camel, pascal, title, upper, squashed (AND SO ON)
    longest    letters of a field's name, where there is a limit
    custom     a field that is not the tool's own; FIELD is its name in that case
    numbered   true where tags are numbers in the order of the text; the fallback then stands in the file of the people
    headers    true where nobody adds the headers of a mailing list unless we say them
    bom        true where people read the export in a spreadsheet, and no tool does
    [fields]   the fields that are the tool's own, as they stand in a tag
    [own]      what the tool fills in itself: unsubscribe, postal_address

A draft keeps the neutral form; `Tool.write` and `Tool.read` lead there and back without a loss.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.drafting.merge import FIELDS, PERSONAL, TAG, Tag
from bot.errors import BadQuestion

FOLDER = Path(__file__).parent

CASES: Mapping[str, Callable[[list[str]], str]] = {
    "snake": "_".join,
    "camel": lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    "pascal": lambda words: "".join(word.capitalize() for word in words),
    "title": lambda words: " ".join(word.capitalize() for word in words),
    "upper": lambda words: "_".join(words).upper(),
    "squashed": lambda words: "".join(words).upper(),
}
"""How a tool writes the name of a field."""


@dataclass(frozen=True)
class Tool:
    """One tool's merge tags (see above)."""

    name: str
    value: str
    fallback: str
    never: str = ""
    case: str = "snake"
    longest: int = 60
    custom: str = "FIELD"
    numbered: bool = False
    bom: bool = False
    headers: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """The field's name in a file for the tool."""
        return self.fields[name].strip("${}") if name in self.fields else self._cased(name)

    def _cased(self, name: str) -> str:
        return CASES[self.case](name.split("_"))[: self.longest]

    def tag(self, tag: Tag) -> str:
        """The tool's own form of a tag. Raises BadQuestion where its fallback would break it."""
        if tag.name in self.own:
            return self.own[tag.name]
        there = self.fields.get(tag.name) or self.custom.replace("FIELD", self._cased(tag.name))
        if tag.fallback is None:
            return self.value.replace("FIELD", there)
        if self.never and self.never in tag.fallback:
            raise BadQuestion("export_fallback", tool=self.name, tag=str(tag), never=self.never)
        return self.fallback.replace("FIELD", there).replace("FALLBACK", tag.fallback)

    def write(self, text: str, numbers: Mapping[str, int] | None = None) -> str:
        """A neutral text with the tool's tags; `numbers` are those of its tags, for a tool that counts them.

        What nobody has filled in, {link} for one, stays as it is.
        """

        def one(found: re.Match[str]) -> str:
            tag = Tag(found[1], found[2])
            if tag.name not in PERSONAL and not (tag.name in FIELDS and tag.name in self.own):
                return found[0]
            if self.numbered:
                return self.value.replace("FIELD", str((numbers or {})[str(tag)]))
            return self.tag(tag)

        return TAG.sub(one, text)

    def read(self, text: str, numbers: Mapping[str, int] | None = None) -> str:
        """The neutral form of a text with the tool's tags."""
        if self.numbered:
            back = {self.value.replace("FIELD", str(number)): tag for tag, number in (numbers or {}).items()}
            return re.sub(r"\{\{\d+\}\}", lambda found: back.get(found[0], found[0]), text)
        return self._reader[0].sub(lambda found: str(self._tag_of(found)), text)

    @cached_property
    def _reader(self) -> tuple[re.Pattern[str], list[str]]:
        """An expression that finds any tag of the tool, and the neutral name of each of its groups."""
        forms: list[tuple[str, str]] = []
        for name in FIELDS:
            if name in self.own:
                forms.append((name, re.escape(self.own[name])))
            elif name in PERSONAL:
                marked = re.escape(self.tag(Tag(name, "\0")))
                start, *rest = marked.split(re.escape("\0"))
                forms.append((name, f"{start}(?P<f_{name}>.*?){rest[0]}"))
                forms.append((name, re.escape(self.tag(Tag(name, None)))))
        names = [name for name, _ in forms]
        return re.compile("|".join(f"(?P<t{at}>{form})" for at, (_, form) in enumerate(forms)), re.DOTALL), names

    def _tag_of(self, found: re.Match[str]) -> Tag:
        groups = found.groupdict()
        at = next(int(key[1:]) for key, text in groups.items() if key[1:].isdigit() and text is not None)
        name = self._reader[1][at]
        return Tag(name, groups.get(f"f_{name}"))


def numbered(texts: Iterable[str]) -> dict[str, int]:
    """The person's tags of the texts, each with its number in the order in which it first stands there."""
    found = (Tag(one[1], one[2]) for text in texts for one in TAG.finditer(text))
    tags = [str(tag) for tag in found if tag.name in PERSONAL]
    return {tag: number for number, tag in enumerate(dict.fromkeys(tags), 1)}


def load(folder: Path = FOLDER) -> dict[str, Tool]:
    """The tools, by the names of their files."""
    return {
        path.stem: Tool(**tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.toml"))
    }


def tool_named(name: str) -> Tool:
    """A tool by its file's name or by its own. Raises BadQuestion (`unknown_tool`)."""
    tools = load()
    wanted = re.sub(r"[^a-z]", "", name.lower())
    for id, tool in tools.items():
        if wanted in (re.sub(r"[^a-z]", "", id), re.sub(r"[^a-z]", "", tool.name.lower())):
            return tool
    raise BadQuestion("unknown_tool", name=name, near=sorted(tools))
