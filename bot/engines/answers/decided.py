"""What a person decides about a draft: approve, edit, reject, snooze. Nothing is ever sent.

A draft is kept when it is shown. It is prepared anew for each decision, on the data of that moment and with the text
that was shown, so that checks and audience are never older than the approval that relies on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.analysis.measure import Analyst
from bot.analysis.people import rule_sql
from bot.analysis.proof import unit_of
from bot.analysis.reach import CHANNELS
from bot.analysis.recipient_messages import TOUCH_DAYS
from bot.documents import draft_document, plain, query_document, query_from
from bot.drafting import Brand, DraftRequest, Handbook, prepare
from bot.drafting.aim import Sent
from bot.drafting.audience import Screened
from bot.drafting.edits import edited
from bot.drafting.freeze import Approval, frozen, tested
from bot.drafting.offers import Offer
from bot.drafting.ours import Ours
from bot.drafting.writer import Ask
from bot.engines.answers.drafted import failed_note
from bot.engines.answers.drafts import Wish, requested, worded, write
from bot.engines.answers.part import Desk
from bot.engines.answers.sentences import sentences
from bot.errors import BadQuestion, NotAllowed, OurFault
from bot.language import Language
from bot.playbook import Play, Playbook
from bot.progress import step
from bot.sources import Company
from bot.types import (
    Answer,
    Campaign,
    Decision,
    Deed,
    Draft,
    Intent,
    Note,
    Outcome,
    Query,
    Question,
    Rights,
    RowFilter,
    Variant,
)
from bot.types.sizes import LONGEST_TEXT

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import KeptDraft, Records

WHO = ("account_id", "user_id", "country", "language")
SHORTEST_REASON = 3
MOST_NEAR = 5
COUNTED = timedelta(days=TOUCH_DAYS + 1)


@dataclass(frozen=True)
class Anew:
    """A kept draft, prepared on the data of now."""

    draft: Draft
    request: DraftRequest
    screened: Screened
    offer: Offer | None


class Decided:
    """The decisions about one company's drafts; the callables open what they need when it is needed."""

    def __init__(
        self,
        records: Callable[[], Records],
        company: Company,
        brand: Brand,
        handbook: Callable[[], Handbook],
        plays: Callable[[], Sequence[Play]],
        analyst: Callable[[Rights, datetime], Analyst],
    ) -> None:
        self.records, self.company, self.brand = records, company, brand
        self.handbook, self.plays, self.analyst = handbook, plays, analyst

    def ours(self, analyst: Analyst, but: Sequence[str] = ()) -> Ours:
        """What our own campaigns, besides some, mean for a draft."""
        company, campaigns = analyst.company.definitions.company, self.records().campaigns
        since = datetime.combine(analyst.as_of, datetime.min.time()) - COUNTED

        def sent(message: str) -> Sent:
            ids, people = campaigns.told(company, message, but)
            return Sent(frozenset(ids), frozenset(people))

        return Ours(campaigns.held_out(company, analyst.as_of), campaigns.written_to(company, since, but), sent)

    def write(self, analyst: Analyst, query: Query, wish: Wish | None = None, ask: Ask | None = None) -> Draft:
        """One draft for the query's people, mindful of our own campaigns. Raises as `drafts.write` does."""
        return write(analyst, query, self.brand, self.handbook(), tuple(self.plays()), wish, self.ours(analyst), ask)

    def desk(self, analyst: Analyst, language: Language) -> Desk:
        """What an answer about drafts is built with; it asks no play."""
        return Desk(analyst, language, _no_plays, lambda query: self.write(analyst, query))

    def keep(self, answer: Answer, question: Question, analyst: Analyst) -> None:
        """Keep the drafts of an answer, so that they can be decided on; one that is known already stays as it was."""
        queries = [query for query in answer.queries if query.intent is Intent.DRAFT]
        for draft, query in zip(answer.drafts, queries, strict=False):
            settled = analyst.settled(replace(query, by=())) if query.metric and query.window is None else query
            document = {
                "draft": draft_document(draft),
                "query": query_document(replace(settled, language=draft.language)),
                "company": self.company.definitions.company,
                "data": self.company.definitions.data,
                "rights": [[one.dimension, list(one.values)] for one in question.rights.row_filters],
                "asker": question.asker,
            }
            self.records().drafts.add(draft.id, document=document, state=draft.state, now=question.now)

    def decide(self, question: Question, deed: Deed, language: Language) -> Answer:
        """Do it, or say why not. Raises BadQuestion, NotAllowed."""
        may_decide(question.rights)
        if not deed.by.strip():
            raise BadQuestion("decision_needs_name")
        if (n := max(len(deed.reason), len(deed.text))) > LONGEST_TEXT:
            raise BadQuestion("text_too_long", n=n, most=LONGEST_TEXT)
        kept = self.kept(deed.draft)
        done = {"approve": self._approve, "edit": self._edit, "reject": self._reject, "snooze": self._snooze}
        return done[deed.verb](question, deed, kept, language)

    def kept(self, id: str) -> KeptDraft:
        """A kept draft. Raises BadQuestion (`no_such_draft`)."""
        found = self.records().drafts.get(id)
        if found is None or not self._ours(found):
            near = [one.id for one in self.records().drafts.all() if self._ours(one)][:MOST_NEAR]
            raise BadQuestion("no_such_draft", id=id, near=near)
        return found

    def _ours(self, kept: KeptDraft) -> bool:
        """Whether its people are this company's; another's are not in this data."""
        company = self.company.definitions.company
        return bool(kept.document.get("company", company) == company)

    def texts(self, id: str) -> tuple[Variant, ...]:
        """The texts of a draft as they are now. Raises BadQuestion (`no_such_draft`)."""
        return variants_of(self.kept(id).document["draft"])

    def anew(
        self,
        kept: KeptDraft,
        rights: Rights,
        now: datetime,
        but: Sequence[str] = (),
        send_at: datetime | None = None,
    ) -> Anew:
        """The draft on the data of now, for the people whom both its author and this person may see; without our
        campaigns `but`, and sent at a moment, if that is fixed."""
        document = kept.document
        confined = rights.within(
            Rights(row_filters=tuple(RowFilter(by, tuple(only)) for by, only in document["rights"]))
        )
        analyst = self.analyst(replace(confined, approves=rights.approves), now)
        query, wish = query_from(document["query"]), wish_of(document["draft"])
        request = requested(analyst, query, self.brand, wish, self.ours(analyst, but), send_at)
        handbook = self.handbook()
        handbook = handbook._replace(messages=tuple(worded(handbook.messages, wish, query.language)))
        made = prepare(request, self.plays(), handbook.messages, handbook.policy)
        return Anew(replace(made.draft, id=kept.id), request, made.screened, made.offer)

    # ------------------------------------------------------------ the four deeds

    def _approve(self, question: Question, deed: Deed, kept: KeptDraft, language: Language) -> Answer:
        self._open(kept)
        anew = self.anew(kept, question.rights, question.now)
        draft = anew.draft
        if failed := [one for one in draft.checks if not one.passed and one.severity == "BLOCK"]:
            return refused(language, draft, "draft_blocked_now", failed, id=kept.id)
        held = [one for one in draft.checks if not one.passed and one.severity == "HOLD"]
        if held and not deed.confirmed:
            return refused(language, draft, "draft_held_now", held, id=kept.id, by=deed.by)
        company = self.company.definitions.company
        analyst = self.analyst(question.rights, question.now)
        left = len(anew.screened.remaining(draft.language))
        sent = draft.channel in CHANNELS  # a page or a post is sent to nobody
        rows = addressed(anew.screened, draft.language) if sent else []
        approval = Approval(
            deed.by, question.now, anew.request.as_of, tuple(one.id for one in held), self.handbook().policy.version
        )
        more = chosen_by(analyst, draft, query_from(kept.document["query"]), kept.document["rights"])
        step("step_freeze", len(rows))
        campaign, people = frozen(draft, rows, approval, company, unit_of(self.company), more)
        if not self.records().campaigns.freeze(campaign, people):
            self._open(self.kept(kept.id))
            raise BadQuestion("draft_is_approved", id=kept.id, by=deed.by)
        counts = campaign.document["arms"]
        self._note(deed, question, {"campaign": campaign.id, "confirmed": list(approval.confirmed), "arms": counts})
        self.records().drafts.move(kept.id, "approved")
        shown = kept.document["draft"]["audience"]["after"]
        return told(language, [
            Note("draft_approved", {"id": kept.id, "by": deed.by, "campaign": campaign.id}),
            *([Note("draft_audience_moved", {"before": shown, "after": left})] if shown != left else []),
            Note(_arms_told(campaign, draft), {"treated": counts["treatment"], "held": counts["holdout"],
                                               "unit": campaign.document["unit"]}),
            *([Note("draft_read_on", {"day": campaign.ends_on})] if tested(draft) else []),
            Note("draft_then_export", {"campaign": campaign.id}),
        ], [draft])  # fmt: skip

    def _edit(self, question: Question, deed: Deed, kept: KeptDraft, language: Language) -> Answer:
        self._open(kept)
        document = dict(kept.document)
        old = variants_of(document["draft"])
        new = edited(old, document["draft"]["element"], deed.part, deed.text, deed.variant)
        mended = {**document["draft"], "variants": plain(new), "writer": "person"}
        changed = replace(kept, document={**document, "draft": mended})
        draft = self.anew(changed, question.rights, question.now).draft
        self.records().drafts.move(kept.id, draft.state, document={**document, "draft": draft_document(draft)})
        before = next((one[deed.part] for one in old if deed.variant in (None, one.name)), "")
        self._note(deed, question, {"part": deed.part, "variant": deed.variant, "before": before, "after": deed.text})
        failed = [one for one in draft.checks if not one.passed]
        notes = [Note("draft_edited", {"id": kept.id, "by": deed.by, "part": deed.part})]
        notes.append(Note(f"draft_state_{draft.state}"))
        return told(language, [*notes, *(failed_note(language, one) for one in failed)], [draft])

    def _reject(self, question: Question, deed: Deed, kept: KeptDraft, language: Language) -> Answer:
        self._open(kept)
        if len(deed.reason.strip()) < SHORTEST_REASON:
            raise BadQuestion("reject_needs_reason")
        self._note(deed, question, {"reason": deed.reason.strip()})
        self.records().drafts.move(kept.id, "rejected")
        return told(language, [Note("draft_rejected", {"id": kept.id, "by": deed.by, "reason": deed.reason.strip()})])

    def _snooze(self, question: Question, deed: Deed, kept: KeptDraft, language: Language) -> Answer:
        self._open(kept)
        if deed.until is None or deed.until <= question.now.date():
            raise BadQuestion("snooze_needs_day")
        self._note(deed, question, {"until": deed.until.isoformat()})
        self.records().drafts.move(kept.id, "snoozed")
        return told(language, [Note("draft_snoozed", {"id": kept.id, "by": deed.by, "day": deed.until})])

    # ------------------------------------------------------------ what they share

    def history(self, id: str) -> list[Decision]:
        """What was decided about a draft, the oldest first."""
        return self.records().decisions.of(id)

    def listed(self, question: Question, language: Language) -> Answer:
        """The drafts that wait for somebody, and those decided on, the newest first; one snoozed says until when."""
        may_draft(question.rights)
        return told(language, [note for _, note in self._lines(language, question.now)] or [Note("drafts_listed_none")])

    def waiting(self, question: Question, language: Language) -> list[Note]:
        """A line for each draft that waits for a decision of the asker, the newest first."""
        if not (question.rights.drafts and question.rights.approves):
            return []
        return [note for state, note in self._lines(language, question.now) if state in ("ready", "held")]

    def _lines(self, language: Language, now: datetime) -> Iterator[tuple[str, Note]]:
        """(the state, a line) of each draft; one whose play is gone is called by its message."""
        titles = {play.id: play.text(language.code).title for play in self.plays()}
        for one in self.records().drafts.all():
            if not self._ours(one):
                continue
            shown = one.document["draft"]
            last = self.history(one.id)[-1:] if one.state in ("approved", "rejected", "snoozed") else []
            state, until = one.state, last[0].document.get("until") if last else None
            if state == "snoozed" and until is not None and until <= now.date().isoformat():
                state = shown["state"]
            values = {"id": one.id, "title": titles.get(shown["play"], shown["type"]), "language": shown["language"],
                      "n": shown["audience"]["after"], "by": last[0].by if last else "",
                      "day": one.created_at.date()}  # fmt: skip
            if state == "snoozed" and until is not None:
                values["day"] = date.fromisoformat(until)
            yield state, Note(f"drafts_listed_{state}", values)

    def _open(self, kept: KeptDraft) -> None:
        """Raises BadQuestion where a draft was approved or rejected before."""
        if kept.state in ("approved", "rejected"):
            last = self.history(kept.id)[-1]
            raise BadQuestion(f"draft_is_{kept.state}", id=kept.id, by=last.by)

    def _note(self, deed: Deed, question: Question, document: Mapping[str, Any]) -> None:
        noted = {**document, "asker": question.asker, "role": question.rights.role}
        self.records().decisions.add(Decision(deed.draft, deed.verb, deed.by.strip(), question.now, noted))


def _no_plays() -> Playbook:
    raise OurFault("an answer about drafts asks no play")


def may_draft(rights: Rights) -> None:
    """Raises NotAllowed."""
    if not rights.drafts:
        raise NotAllowed("drafts_not_allowed")


def may_decide(rights: Rights) -> None:
    """Raises NotAllowed."""
    may_draft(rights)
    if not rights.approves:
        raise NotAllowed("decisions_not_allowed")


def told(language: Language, notes: Sequence[Note], drafts: Sequence[Draft] = ()) -> Answer:
    """An answer of sentences."""
    return replace(sentences(language, notes, intent=Intent.DRAFT), drafts=tuple(drafts))


def refused(language: Language, draft: Draft, key: str, checks: Sequence[Any], **values: Any) -> Answer:
    """An answer that says which checks stand against an approval."""
    notes = [Note(key, values), *(failed_note(language, one) for one in checks)]
    return replace(told(language, notes, [draft]), outcome=Outcome.REFUSE, error=notes[0])


def _arms_told(campaign: Campaign, draft: Draft) -> str:
    if draft.channel not in CHANNELS:
        return "draft_public"
    return f"draft_arms_{campaign.document['unit']}" if tested(draft) else "draft_no_arms"


def addressed(screened: Screened, language: str) -> list[dict[str, Any]]:
    """Who is written to, as an approval freezes them: a row a person, with the columns of `WHO`."""
    left = screened.remaining(language)
    return [dict(zip(WHO, cells, strict=True)) for cells in left[[*WHO]].itertuples(index=False, name=None)]


def chosen_by(analyst: Analyst, draft: Draft, query: Query, rights: Sequence[Any]) -> dict[str, Any]:
    """What an export repeats of how a draft's people were chosen, and its texts."""
    return {
        "query": query_document(query),
        "rights": rights,
        "rule": plain(draft.audience.rule),
        "sql": rule_sql(analyst, query),
        "variants": plain(draft.variants),
    }


def variants_of(draft: Mapping[str, Any]) -> tuple[Variant, ...]:
    """The texts of a draft's document."""
    return tuple(Variant(**one) for one in draft["variants"])


def wish_of(draft: Mapping[str, Any]) -> Wish:
    """What prepares the draft of a document again: its play and message, and its texts word by word."""
    return Wish(draft["play"], draft["message"], draft["channel"], variants_of(draft), draft.get("writer", "template"))
