"""What a process loads with its first questions, loaded before anybody asks: they would wait ten seconds and more."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from bot.engines.understanding.reading import Reading
from bot.errors import ForPerson
from bot.language import available, load
from bot.types import Answer, Query, Question

LOG = logging.getLogger(__name__)


def warm(
    read: Callable[[Question], Reading],
    answered: Callable[[Question, Query], Answer],
    open_agent: Callable[[], object],
    questions: Iterable[Question],
) -> None:
    """Readies the languages; reads and measures each question, which nobody asked and no model hears; one without an id
    is not kept.

    Data that does not answer yet keeps nobody from starting: who asks is told then.
    """
    for code in available():
        load(code).hear("")
    try:
        open_agent()
        for question in questions:
            for query in read(question).queries:
                answered(question, query)
    except ForPerson as error:
        LOG.warning("the bot starts cold: %s", error.key)
    except Exception:
        LOG.exception("the bot starts cold")
