"""The demo: one thread with a plot, in English and French; at a terminal it then waits for the reader."""

from __future__ import annotations

import sys

from rich.markup import escape

from bot.language import load
from bot.terminal import Session, Turn, converse, gone_on, out, show

TURNS = (
    "How was last week?",
    "Why did churn go up last month for annual plans?",
    "Who?",
    "Draft something for those, in French",
    "Pourquoi le churn a-t-il baissé le mois dernier pour les offres annuelles ?",
    "et par pays ?",
    "What about our pipeline revenue?",
)


def tour(session: Session) -> int:
    """Ask each turn for real, in one thread."""
    turn = Turn()
    for text in TURNS:
        out.print(f"[bold green]> {escape(text)}[/bold green]")
        answer = session.service.ask(session.question(text, turn))
        show(answer)
        turn = gone_on(answer, turn, text)
        out.print()
    if sys.stdin.isatty():
        out.print(load("en").say("tour_yours"))
        converse(session, turn)
    return 0
