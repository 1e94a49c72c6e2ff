"""Every written message, drafted for people of the demo in every language, may go out or says why it may not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache, partial

import pytest

from bot.analysis.recipient_facts import FACTS
from bot.analysis.recipients import Recipients, approved, recipients, shipped
from bot.drafting import Brand, DraftRequest, Handbook, prepare
from bot.language import available
from bot.playbook.plays import Play
from bot.settings import read_workspace
from bot.sources import Company
from bot.types import Note
from tests.drafts.conftest import AS_OF, ROOT

TRUE_REASONS = frozenset({"OUT-01", "OFF-02"})
"""Why a draft of a good text may be blocked: nobody is left to get it, or no such offer is approved."""
FOLLOWS = {"OFF-02": {"OUT-07"}}
"""Without an offer its tags stay empty too."""
EVERY = 15
EVERY_FACT = tuple(column for columns, _ in FACTS for column in columns)


@pytest.mark.slow
def test_every_message_may_go_out_or_names_the_true_reason_why_not(
    demo: Company, plays: tuple[Play, ...], handbook: Handbook
) -> None:
    """For some of the accounts, of one standing that the message is for, on its first channel."""
    accounts = demo.run(demo.tables["accounts"].select("account_id").order_by("account_id"))["account_id"]
    chosen = list(accounts[::EVERY])
    brand = Brand(**read_workspace(ROOT / "workspace.toml").brand.model_dump())
    releases, offers = shipped(demo, AS_OF), approved(demo)

    @cache
    def read(channel: str) -> Recipients:
        return recipients(demo, chosen, AS_OF, channel, EVERY_FACT)

    @cache
    def people(status: str, channel: str, _facts: tuple[str, ...]) -> Recipients:
        found = read(channel)
        return replace(found, people=found.people[found.people.status == status].reset_index(drop=True))

    wrong, states = [], Counter[str]()
    for message in handbook.messages:
        standing = handbook.policy.kinds[message.type].to
        for code in available():
            request = DraftRequest(
                partial(people, "customer" if "customer" in standing else standing[0]), releases, offers, Note("x"),
                AS_OF, demo.definitions, brand, type=message.id, language=code, channel=message.channels[0],
            )  # fmt: skip
            draft = prepare(request, plays, (message,), handbook.policy).draft
            failed = {one.id for one in draft.checks if not one.passed and one.severity == "BLOCK"}
            for reason in TRUE_REASONS & failed:
                failed -= {reason, *FOLLOWS.get(reason, ())}
            wrong += [(message.id, code, sorted(failed))] if failed else []
            states[draft.state] += 1
    assert wrong == []
    assert states["blocked"] < states["ready"] + states["held"], states
