"""Holds a model's answer against the evidence while it is still at it: one chance to mend, the faults named."""

from __future__ import annotations

from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, hook_config
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.runtime import Runtime

from bot.engines.agent.lenient import prose_of
from bot.engines.agent.prompts import prompts
from bot.engines.agent.work import Work

MOST_NAMED = 8


class OneChanceToMend(AgentMiddleware[Any, Any, Any]):
    """Sends an unfounded answer back once; what comes then is the service's to judge. One a question."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work
        self._used = False

    @hook_config(can_jump_to=["model"])
    def after_model(
        self,
        state: AgentState[Any],
        runtime: Runtime[Any],  # noqa: ARG002 LangChain passes it by this name
    ) -> dict[str, Any] | None:
        last = state["messages"][-1]
        if self._used or not isinstance(last, AIMessage) or last.tool_calls or not self._work.has_figures:
            return None
        found = self._work.faults(prose_of(last))
        if not found:
            return None
        self._used = True
        named = "\n".join(f"- {one.kind}: {one.words!r} in {one.sentence!r}" for one in found[:MOST_NAMED])
        text = prompts()["mend"].filled(faults=named, language=self._work.desk.language.title)
        return {"messages": [HumanMessage(text)], "jump_to": "model"}
