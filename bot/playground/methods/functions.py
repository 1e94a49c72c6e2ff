"""functions.*: the end of a step that the app runs in somebody's workflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.methods.contract import Method, required, structured
from bot.playground.workspace import Json, Refused, Workspace

KINDS: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "slack#/types/channel_id": str,
}


def faults(parameters: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the values of parameters, as the manifest declares them."""
    declared = parameters.get("properties", {})
    yield from (f"{name} is missing" for name in parameters.get("required", ()) if given.get(name) is None)
    for name, value in given.items():
        kind = KINDS.get(declared.get(name, {}).get("type", ""))
        if name not in declared:
            yield f"{name} is not declared"
        elif kind is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            yield f"{name} is no {declared[name]['type']}"


def _running(slack: Workspace, args: Json) -> Json:
    execution = slack.executions.get(required(args, "function_execution_id"))
    if execution is None:
        raise Refused("function_execution_not_found")
    if execution["state"] != "running":
        raise Refused("execution_not_in_running_state")
    return execution


def _success(slack: Workspace, args: Json) -> Json:
    execution, outputs = _running(slack, args), structured(args, "outputs")
    if not isinstance(outputs, dict):
        raise Refused("invalid_arguments")
    if wrong := list(faults(slack.functions[execution["function"]]["output_parameters"], outputs)):
        raise Refused("parameter_validation_failed", response_metadata={"messages": wrong})
    execution |= {"state": "succeeded", "outputs": outputs}
    return {}


def _error(slack: Workspace, args: Json) -> Json:
    execution = _running(slack, args)
    execution |= {"state": "failed", "error": required(args, "error")}
    return {}


METHODS = {
    "functions.completeSuccess": Method(_success, None, 3),
    "functions.completeError": Method(_error, None, 3),
}
