"""The loop: LangChain's agent with our tools, its limits, and our reading of what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from threading import Event
from typing import Any, TypeAlias

import structlog
from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ModelCallLimitMiddleware,
    PIIMiddleware,
    ToolCallLimitMiddleware,
)
from langchain.agents.middleware.model_call_limit import ModelCallLimitExceededError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import StructuredTool

from bot.analysis.unnamed import customers_in
from bot.discreet import masked
from bot.documents import query_document
from bot.engines.agent.arguments import Asked
from bot.engines.agent.lenient import LenientReader, prose_of
from bot.engines.agent.mending import OneChanceToMend
from bot.engines.agent.prompts import prompts
from bot.engines.agent.reply import Reply, agrees, plans
from bot.engines.agent.schemas import explained
from bot.engines.agent.spending import QUESTION, Allowance, LimitReached, Purse, WithinLimits
from bot.engines.agent.strict import StrictForm
from bot.engines.agent.tools import Tool, tools
from bot.engines.agent.work import Work
from bot.engines.agent.writing import Writing
from bot.engines.answers.part import Desk
from bot.engines.understanding.reading import Reading
from bot.errors import ModelFailed
from bot.types import Limits, Note, Query, Question

log = structlog.get_logger()

Values: TypeAlias = Mapping[str, tuple[str, ...]]
NO_TOOL = "PASS"
"""What the prompt has a model say that finds no tool for the question."""
FIGURE = re.compile(r"\d")
"""What prose about figures has at the least."""
CALLS_A_STEP = 3
"""Calls of tools that a question may make for each call of the model."""


class Agent:
    """A language model with our tools. Safe to use from many threads; each question is worked at by itself."""

    def __init__(self, chat: BaseChatModel, limits: Limits) -> None:
        self._chat, self._limits = chat, limits
        self._tools_refused, self._form_refused = Event(), Event()

    @property
    def model(self) -> str:
        """What the model is called where it is served."""
        return str(getattr(self._chat, "model_name", ""))

    def allowance(self, purse: Purse) -> Allowance:
        """What a question that begins now may use."""
        return Allowance(self._limits, purse)

    def writing(self, allowance: Allowance) -> Writing:
        """The same model as the writer of the drafts of a question."""
        return Writing(self._chat, allowance, self._form_refused)

    def reply(self, desk: Desk, question: Question, reading: Reading, values: Values, allowance: Allowance) -> Reply:
        """The model's answer to a question that the rules engine reads so; `values` are those of the data."""
        if not plans(reading) or customers_in(desk.analyst, question.text):
            return Reply()  # no tool tells of one account, and nobody's name leaves
        desk = replace(desk, numbers=count(1))  # the rules engine may have to begin anew
        work = Work(desk, Asked(question, desk.analyst, desk.language, values))
        prose, notes = self._prose(work, allowance)
        if prose == NO_TOOL or not agrees(reading, work.parts, desk.analyst.settled):
            return Reply(None, notes)
        founded = bool(FIGURE.search(prose)) and not work.faults(prose)
        beyond = reading.clarify is None and len(work.parts) > len(reading.queries)
        if (reading.declined is not None or beyond) and not founded:
            return Reply(None, notes)  # only the model took the words for a question, or for more than one
        return Reply(work.answer(prose if founded else None), notes)

    def _prose(self, work: Work, allowance: Allowance) -> tuple[str, tuple[Note, ...]]:
        """What the model says in the end, "" where it does not come to that, and what a person must be told of it."""
        try:
            return prose_of(self._last(work, allowance)), ()
        except LimitReached as error:
            return "", (error.note,)
        except ModelCallLimitExceededError:
            return "", (Note(QUESTION),)
        except ModelFailed as error:
            return "", (Note(error.key, error.values),)
        except Exception:
            log.exception("the agent failed")
            return "", (Note("model_unreadable"),)

    def _last(self, work: Work, allowance: Allowance) -> AnyMessage:
        """The message that the model ends with."""
        ours, question = tools(work.desk.analyst), work.asked.question
        middleware: list[AgentMiddleware[Any, Any, Any]] = [
            ModelCallLimitMiddleware(run_limit=self._limits.steps, exit_behavior="error"),
            ToolCallLimitMiddleware(run_limit=self._limits.steps * CALLS_A_STEP),
            PIIMiddleware("email", apply_to_tool_results=True),
            OneChanceToMend(work),
            WithinLimits(allowance),
            LenientReader([tool.name for tool in ours]),
            StrictForm(ours, self._tools_refused),
        ]
        offered = [_offered(tool, work) for tool in ours]
        agent = create_agent(self._chat, offered, system_prompt=_instructions(work), middleware=middleware)
        # One call at a time: evidence is numbered in the order in which it was asked for.
        config: RunnableConfig = {"max_concurrency": 1, "recursion_limit": 100}
        state = agent.invoke({"messages": [HumanMessage(masked(question.text))]}, config)
        last: AnyMessage = state["messages"][-1]
        return last if isinstance(last, AIMessage) else AIMessage("")


def _offered(tool: Tool, work: Work) -> StructuredTool:
    """A tool of ours as LangChain has them. A question back ends the turn."""

    def call(**arguments: Any) -> str:
        return work.call(tool, arguments)

    told: Callable[..., str] = call
    return StructuredTool.from_function(
        told, name=tool.name, description=tool.told, args_schema=dict(tool.schema), return_direct=tool.asks
    )


def _instructions(work: Work) -> str:
    definitions, question = work.desk.analyst.company.definitions, work.asked.question
    before = question.previous.metric if question.previous else None
    return prompts()["agent"].filled(
        company=definitions.company,
        currency=definitions.currency,
        language=work.desk.language.title,
        metrics=explained(work.desk.analyst, work.desk.language, question.text, before),
        previous=_told(question.previous, work),
    )


def _told(previous: Query | None, work: Work) -> str:
    """The question before as a model may know it: its period in words, and no account."""
    if previous is None:
        return "none"
    document = query_document(previous)
    kept = {name: document[name] for name in ("intent", "metric", "variant", "filters", "exclude", "by")}
    kept["period"] = work.desk.language.say("agent_period", window=previous.window) if previous.window else None
    return json.dumps({name: value for name, value in kept.items() if value}, ensure_ascii=False)
