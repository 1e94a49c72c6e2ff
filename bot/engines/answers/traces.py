"""What the bot keeps of people: the audit of what was asked, and the forgetting of one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.engines.answers.audited import Audit
from bot.engines.answers.forgotten import Forgotten, Lent
from bot.playbook import Playbook
from bot.sources import Company

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Records


class Traces:
    """Those of one company."""

    def __init__(
        self, records: Callable[[], Records], company: Company, playbook: Callable[[], Playbook], lent: Lent
    ) -> None:
        self.audit = Audit(records, company.definitions)
        self.forgotten = Forgotten(records, company, playbook, lent)
