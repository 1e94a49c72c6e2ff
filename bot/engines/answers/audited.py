"""The audit: who asked what, when and where, what it was understood as, and which numbers were shown. For admins."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.documents import Document
from bot.drafting.cells import write_rows
from bot.engines.answers.sentences import sentences
from bot.errors import BadQuestion, NotAllowed, Unavailable
from bot.language import Language
from bot.language.days import Calendar
from bot.language.periods import parse
from bot.metrics import catalogue
from bot.types import Answer, Definitions, Finding, Question, Rights, Spent, local_day

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Given, Records

MENTION = re.compile(r"<@(\w+)(?:\|[^>]*)?>|@(\S+)")
SLACK_ID = re.compile(r"[UW][A-Z0-9]{6,}")
MOST_LINES = 10
LONGEST_SHOWN = 280
"""Letters of an answer in a line of the list; the file has all of it."""
PAGE = 200
COLUMNS = (
    "at", "who", "name", "role", "where", "place", "words", "language", "intent", "outcome", "engine", "model",
    "tokens", "cost", "latency_ms", "metrics", "shown", "sql", "evidence_hash", "altered", "id",
)  # fmt: skip
"""Of a file of rows; what has more parts than one is told in lines."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which questions are looked for: days `since` and `until`, both inside, in the company's zone; all parts hold."""

    since: date | None = None
    until: date | None = None
    who: str | None = None
    """The id or the name of who asked."""
    metric: str | None = None
    words: str = ""
    """Words that all stand in the question, in its answer or among its metrics."""


class Audit:
    """The answered questions of everybody; `records` opens what they are kept in."""

    def __init__(self, records: Callable[[], Records], definitions: Definitions) -> None:
        self._records, self._definitions = records, definitions

    def said(self, question: Question, language: Language, wanted: Wanted | None = None) -> Answer:
        """What `audit [words|@person|date|metric]` does: the newest that fit. Raises NotAllowed, BadQuestion."""
        entries = self.entries(wanted or self.wanted(question), question.rights)
        newest = list(islice(entries, MOST_LINES))
        if not newest:
            return sentences(language, [Finding("audit_none", {})])
        many = len(newest) + sum(1 for _ in entries)
        lines = [Finding("audit_header", {"n": many}), *(self._line(one, language) for one in newest)]
        if many > MOST_LINES:
            lines.append(Finding("audit_more", {"n": MOST_LINES}))
        return sentences(language, lines)

    def wanted(
        self,
        question: Question,
        since: date | None = None,
        until: date | None = None,
        who: str | None = None,
        metric: str | None = None,
    ) -> Wanted:
        """What `audit …` looks for, and what is said of it beside its words."""
        _, *words = question.text.split()
        typed = self.read(" ".join(words), local_day(question.now, self._definitions.zone))
        since, until = since or typed.since, until or typed.until
        return replace(typed, since=since, until=until, who=who or typed.who, metric=metric)

    def read(self, text: str, today: date) -> Wanted:
        """What is looked for: a mention or a Slack id is who, a day or a period is when, the rest are words."""
        wanted: dict[str, Any] = {}
        rest = []
        calendar = Calendar(today + timedelta(days=1), self._definitions.week_start, self._definitions.zone)
        for word in text.split():
            mention = MENTION.fullmatch(word)
            if mention or SLACK_ID.fullmatch(word):
                wanted["who"] = next(filter(None, mention.groups())) if mention else word
                continue
            try:
                window = parse(word, calendar)
            except BadQuestion:
                rest.append(word)
                continue
            wanted |= {"since": window.start, "until": window.end - timedelta(days=1)}
        return Wanted(**wanted, words=" ".join(rest))

    def entries(self, wanted: Wanted, rights: Rights) -> Iterator[Document]:
        """Each question that fits, the newest first. Raises NotAllowed (`audit_not_allowed`), and BadQuestion
        (`unknown_metric`) for a metric that there is not."""
        if rights.role != "admin":
            raise NotAllowed("audit_not_allowed")
        if wanted.metric is not None and wanted.metric not in catalogue():
            near = difflib.get_close_matches(wanted.metric, catalogue(), n=3, cutoff=0.5)
            raise BadQuestion("unknown_metric", name=wanted.metric, near=near or sorted(catalogue()))
        return self._found(wanted)

    def export(self, entries: Iterator[Document], path: Path) -> int:
        """Writes a file: rows where its name ends in .csv, else a line of JSON each; how many. Raises Unavailable."""
        try:
            if path.suffix.casefold() == ".csv":
                return max(write_rows(path, COLUMNS, map(_flat, entries)))
            with path.open("w", encoding="utf-8") as file:
                return sum(bool(file.write(json.dumps(one, ensure_ascii=False) + "\n")) for one in entries)
        except OSError:
            raise Unavailable("folder_not_writable", folder=str(path.parent)) from None

    # ------------------------------------------------------------ finding

    def _found(self, wanted: Wanted) -> Iterator[Document]:
        since = self._instant(wanted.since) if wanted.since else None
        until = self._instant(wanted.until + timedelta(days=1)) if wanted.until else None
        kept = (one for one in self._records().answers.all(since, until, wanted.who) if _fits(one, wanted))
        while page := list(islice(kept, PAGE)):
            costs = self._records().spending.of([one.id for one in page])
            yield from (_entry(one, *costs.get(one.id, ("", Spent()))) for one in page)

    def _instant(self, day: date) -> datetime:
        """When a day of the company begins, as naive UTC."""
        begins = datetime.combine(day, time(), ZoneInfo(self._definitions.zone))
        return begins.astimezone(UTC).replace(tzinfo=None)

    # ------------------------------------------------------------ saying

    def _line(self, entry: Document, language: Language) -> Finding:
        at = datetime.fromisoformat(entry["at"]).astimezone(ZoneInfo(self._definitions.zone))
        shown = " / ".join(line for line in str(entry["shown"]["text"]).splitlines() if line.strip())
        values = {
            "day": at.date(),
            "time": f"{at:%H:%M}",
            "who": " ".join(filter(None, [entry["name"], f"({entry['who']})" if entry["name"] else entry["who"]])),
            "where": _where(entry, language),
            "words": entry["words"] or " ".join([entry["intent"], *_subjects(entry), *entry["metrics"]]),
            "shown": shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]} …",
        }
        key = f"audit_line_{entry['outcome']}" if shown else "audit_line_only"
        return Finding(key, values)


def _where(entry: Document, language: Language) -> str:
    if entry["where"] == "terminal":
        return language.say("audit_in_terminal")
    return language.say("audit_in_dm" if entry["place"] == "dm" else "audit_in_channel", channel=entry["where"])


def _subjects(entry: Document) -> list[str]:
    """What else was asked about than figures: an account, a segment."""
    return [one["subject"] for one in entry["queries"] if one["subject"]]


def _fits(given: Given, wanted: Wanted) -> bool:
    metrics = _metrics(given.document)
    if wanted.metric is not None and wanted.metric not in metrics:
        return False
    asked = given.document.get("asked", {})
    said = " ".join([asked.get("text", ""), str(given.document.get("text", "")), *metrics]).casefold()
    plain = f"{said} {said.replace('_', ' ')}"
    return all(word in plain for word in wanted.words.casefold().split())


def _metrics(document: Mapping[str, Any]) -> list[str]:
    """The metrics of a document, those of its queries first."""
    queries, measured = document.get("queries", ()), document.get("evidence", ())
    return list(dict.fromkeys(one["metric"] for one in (*queries, *measured) if one.get("metric")))


def _entry(given: Given, model: str, spent: Spent) -> Document:
    document, parts = given.document, given.id.split("/")
    asked = document.get("asked", {})
    terminal = parts[0] == "terminal"
    return {
        "id": given.id,
        "at": f"{given.created_at.isoformat(timespec='seconds')}+00:00",
        "who": given.asker,
        "name": given.name,
        "role": asked.get("role", ""),
        "where": "terminal" if terminal else parts[1] if len(parts) > 1 else "",
        "place": given.place,
        "words": asked.get("text", ""),
        "language": document.get("language"),
        "intent": document.get("intent"),
        "outcome": document.get("outcome"),
        "error": document.get("error", {}).get("key"),
        "engine": document.get("engine"),
        "model": model,
        "tokens": spent.tokens,
        "cost": spent.micros / 1_000_000,
        "latency_ms": document.get("elapsed_ms", 0),
        "metrics": _metrics(document),
        "queries": document.get("queries", []),
        "shown": {"text": document.get("text", ""), "values": document.get("findings", [])},
        "evidence": document.get("evidence", []),
        "evidence_hash": given.evidence,
        "altered": bool(document.get("altered")),
    }


def _flat(entry: Document) -> Document:
    """A row of a file."""
    sql = [one["sql"] for one in entry["evidence"] if one.get("sql")]
    flat = {"metrics": ", ".join(entry["metrics"]), "shown": entry["shown"]["text"], "sql": ";\n".join(sql)}
    return {**entry, **flat}
