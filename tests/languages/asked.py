"""How the tests of understanding ask, and how they write down what was understood.

A reading is written as one line, for example

    why churn_rate 2026-10-01/2026-11-01 base=previous interval=annual claim=up

with the window half-open; `ask a | b` is a question back with its choices, `no KEY` a refusal,
`error KEY` what was raised. Several queries are joined by ` & `.
"""

from datetime import date, datetime

from bot.engines.understanding.understand import Reading, understand
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.types import Definitions, Meaning, Query, Question, Rights, Window

AS_OF = date(2026, 11, 10)
VALUES = {
    "channel": ("ads", "organic", "partner", "referral"),
    "country": ("DE", "ES", "FR", "PL", "US"),
    "feature": ("Automations", "Exports", "Reports"),
    "industry": ("Education", "Retail", "Software"),
    "interval": ("annual", "monthly"),
    "language": ("de", "en", "es", "fr", "pl"),
    "owner": ("Ana", "Bo"),
    "plan": ("Business", "Pro", "Starter"),
    "platform": ("android", "ios", "web"),
    "size": ("1-10", "11-50", "51-200"),
}
DEFINITIONS = Definitions(markets=(("iberia", ("ES", "PT")),))


def reading(
    text: str,
    previous: Query | None = None,
    language: str | None = None,
    as_of: date = AS_OF,
    meanings: tuple[Meaning, ...] = (),
    agreed: tuple[Meaning, ...] = (),
    said: tuple[str, ...] = (),
) -> Reading:
    """What the text is taken for, on the values of an invented company; `meanings` of words were told in the thread,
    and `said` was asked in it."""
    now = datetime(2026, 11, 10, 9)
    question = Question(text, now, Rights(), previous=previous, meanings=meanings, language=language, said=said)
    return understand(question, catalogue(), VALUES, DEFINITIONS, as_of, agreed=agreed)


def written(
    text: str,
    previous: Query | None = None,
    language: str | None = None,
    as_of: date = AS_OF,
    said: tuple[str, ...] = (),
) -> str:
    """The reading as one line."""
    try:
        found = reading(text, previous, language, as_of, said=said)
    except ForPerson as error:
        return f"error {error.key}"
    if found.clarify is not None:
        return "ask " + " | ".join(line(choice.query) for choice in found.clarify.choices)
    if found.declined is not None:
        return f"no {found.declined.key}"
    return " & ".join(line(query) for query in found.queries)


def line(query: Query) -> str:
    """One query as one line; free words of advice are left out."""
    out = [query.intent.value]
    if query.metric:
        out.append(query.metric)
    if query.window:
        out.append(days(query.window))
    if query.window and query.intent.value == "trend":
        out.append(f"step={query.window.grain.value}")
    if query.baseline:
        out.append("base=" + (days(query.baseline) if isinstance(query.baseline, Window) else query.baseline))
    out += [f"{name}={','.join(values)}" for name, values in query.filters]
    out += [f"not-{name}={','.join(values)}" for name, values in query.exclude]
    out += [f"{name}:{value}" for name, value in query.variant]
    if query.by:
        out.append("by=" + ",".join(query.by))
    if query.claim:
        out.append(f"claim={query.claim}")
    if query.subject and query.intent.value != "advise":
        out.append(f"about={query.subject}")
    if query.language:
        out.append(f"in={query.language}")
    out += [f"by={query.channel}"] if query.channel else []
    out += [f"as={query.message}"] if query.message else []
    if query.limit:
        out.append(f"limit={query.limit}")
    out += [f"{'by' if one.step else 'to'}={one.value:g}{one.unit}" for one in query.amounts]
    if query.names_rate:
        out.append("rate")
    return " ".join(out)


def days(window: Window) -> str:
    """The window as its two days, marked while it still runs."""
    return f"{window.start}/{window.end}" + ("" if window.complete else "~")
