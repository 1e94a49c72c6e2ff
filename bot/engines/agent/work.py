"""One question's work: the calls that were answered, and the Answer that is made of them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.engines import rules
from bot.engines.agent.arguments import Asked, BadCall, checked
from bot.engines.agent.shown import shown
from bot.engines.agent.tools import Tool
from bot.engines.answers.part import Desk, Part
from bot.engines.grounding import Fault, faults
from bot.errors import ForPerson
from bot.language import Calendar, detect
from bot.types import Answer, Choice, Clarify, Evidence, Intent, Outcome, Query, Shape

AS_THEY_ARE = (Intent.LIST_PEOPLE, Intent.DRAFT, Intent.ADVISE)
"""Intents whose parts a person gets in the words of the rules engine, whatever the model says of them."""
NO_PROSE = re.compile(r"\w+://\S+|\bwww\.\S+|<[!@#/]?\w[^>]*>|@(?:channel|here|everyone)\b|[{}`]")
"""What an answer never holds: a link, what would call people in Slack, and code."""


@dataclass
class Work:
    """What a model has had measured for one question. Calls come one at a time."""

    desk: Desk
    asked: Asked
    parts: dict[Query, Part] = field(default_factory=dict)
    clarify: Clarify | None = None

    def call(self, tool: Tool, arguments: Any) -> str:
        """The result of a call, in JSON; what cannot be answered is said in a sentence."""
        try:
            queries = tool.queries(self.asked, checked(arguments, tool.schema))
            if tool.asks:
                self.clarify = self._clarify(queries)
                return "asked"
            found = [self._part(query) for query in queries]
        except BadCall as error:
            return _json({"error": str(error)})
        except ForPerson as error:
            return _json({"error": self.desk.language.say(error.key, **error.values)})
        return _json([shown(part, self.desk.language) for part in found])

    def _part(self, query: Query) -> Part:
        if query not in self.parts:
            self.parts[query] = rules.answered(self.desk, query)
        return self.parts[query]

    def _clarify(self, queries: Sequence[Query]) -> Clarify:
        """The question which reading is meant; each is measured first, so that none is offered that cannot be."""
        say = self.desk.language.say
        for query in queries:
            self.asked.analyst.settled(query)
        by_variant = len({query.metric for query in queries}) < len(queries)
        key = "choice_metric_variant" if by_variant else "choice_metric"
        choices = [Choice(say(key, metric=query.metric, variant=query.variant), query) for query in queries]
        return Clarify(say("agent_ask"), tuple(choices))

    # ------------------------------------------------------------ the answer

    @property
    def evidence(self) -> list[Evidence]:
        return [one for part in self.parts.values() for one in part.evidence]

    @property
    def has_figures(self) -> bool:
        """Whether there is something measured that prose can speak of."""
        return any(one.shape is not Shape.ROSTER for one in self.evidence)

    def faults(self, prose: str) -> list[Fault]:
        """What a model's prose says beyond the evidence, or says as no answer may."""
        language = self.desk.language
        read_to = max((one.as_of for one in self.evidence), default=self.asked.analyst.as_of)
        found = faults(prose, self.evidence, language, Calendar(read_to + timedelta(days=1)))
        found += [Fault("code", one, one) for one in NO_PROSE.findall(prose)]
        if (spoken := detect(prose, language.code)) != language.code:
            found.append(Fault("language", spoken, prose))
        return found

    def answer(self, prose: str | None) -> Answer | None:
        """The answer in a model's prose, or (None) in the words of the rules engine; None where nothing was found."""
        if self.clarify is not None:
            code = self.desk.language.code
            intent = self.clarify.choices[0].query.intent
            return Answer(Outcome.ASK_BACK, intent, code, self.clarify.question, engine="agent", clarify=self.clarify)
        if not self.parts:
            return None
        whole = Part()
        for part in self.parts.values():
            whole.add(part)
        intent = next(iter(self.parts)).intent if len(self.parts) == 1 else Intent.MULTI
        found = rules.assembled(self.desk, whole, intent, self.asked.assumed)
        if prose is None or not self.has_figures:
            return found
        lists = [one for query, part in self.parts.items() if query.intent in AS_THEY_ARE for one in part.findings]
        text = "\n\n".join(filter(None, (prose, rules.worded(self.desk, lists))))
        return replace(found, text=text, engine="agent")


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)
