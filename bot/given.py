"""What can be done with an answer that was given: its receipt, other definitions, endorsing it, waiting for its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.analysis.measure import Analyst
from bot.documents import Receipt, final_from
from bot.engines.answers import endorsed
from bot.engines.answers import receipt as receipts
from bot.engines.answers.footing import source
from bot.engines.answers.marks import Marks
from bot.errors import BadQuestion
from bot.language import load
from bot.sources import Company
from bot.types import Endorsement, Evidence, Final, Query, Question, Rights

if TYPE_CHECKING:
    from bot.records import Records


@dataclass(frozen=True)
class Given:
    """The answers that one company's people were given. `records` opens where they are kept."""

    records: Callable[[], Records]
    endorsements: endorsed.Endorsements
    marks: Marks
    analyst: Callable[[Rights, datetime], Analyst]
    company: Company

    def receipt(self, answer: str, rights: Rights) -> Receipt:
        """What the answer to the question with this id stands on. Raises BadQuestion (none is kept), NotAllowed."""
        document = self.records().answers.get(answer)
        if document is None:
            raise BadQuestion("receipt_gone")
        language = load(document["language"])
        found = receipts.receipt(document, language, rights)
        ours = tuple(one for one in self.endorsements.all() if one.metric == found.query.metric)
        about = next(source(self.company, language), "")
        return replace(found, endorsed=ours, endorsable=rights.role in endorsed.ROLES, source=about)

    def endorse(self, answer: str, question: Question) -> Endorsement:
        """Endorses the definition of an answer that was given, and marks the answer as good. Raises ForPerson."""
        query = self.receipt(answer, question.rights).query
        kept = self.endorsements.keep(query.metric or "", query.variant, question)
        self.marks.keep(answer, True, by=question.asker, now=question.now)
        return kept

    def awaited(self, answer: str) -> tuple[str, Final]:
        """What was asked, and from when on the answer to the question with this id is final. Raises BadQuestion."""
        document = self.records().answers.get(answer)
        if document is None or "final" not in document:
            raise BadQuestion("final_already")
        return document["asked"]["text"], final_from(document["final"])

    def others(self, receipt: Receipt, rights: Rights, now: datetime) -> Iterator[tuple[Query, Evidence]]:
        """The same question under each other common definition, with its number, on the rows of the receipt."""
        confined = rights.within(Rights(row_filters=receipt.evidence[0].rights))
        return receipts.others(self.analyst(confined, now), receipt)
