"""What people do in the workspace, and what the app is told of it. Lives in the server's loop."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bot.playground.methods.contract import STREAMING
from bot.playground.methods.functions import faults
from bot.playground.methods.views import keep, sound
from bot.playground.sockets import Delivery, Sockets, event_payload
from bot.playground.workspace import Channel, Json, Refused, Workspace

SCOPE_OF_EVENT = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_mention": "app_mentions:read",
    "user_change": "users:read",
}


class Acts:
    """Acts for people, and carries to the app what it is told."""

    def __init__(self, space: Workspace, sockets: Sockets, subscribed: frozenset[str]) -> None:
        self.space = space
        self.sockets = sockets
        self.subscribed = subscribed

    # --- events --------------------------------------------------------------------------------

    def tell(self, name: str, event: Json, channel: Channel | None) -> None:
        """Tells the app of an event, if it subscribed to it and may read such a place."""
        if name not in self.subscribed:
            return
        if name in SCOPE_OF_EVENT and SCOPE_OF_EVENT[name] not in self.space.scopes:
            return
        self.sockets.send(
            "events_api",
            event_payload(
                event,
                team=self.space.team,
                app=self.space.app_id,
                bot_user=self.space.bot_user,
                external=channel is not None and channel.external,
                now=self.space.clock.now(),
            ),
        )

    def visit(self, person: str, tab: Literal["home", "messages"]) -> None:
        """A person opens the app's page in the sidebar."""
        direct = self.space.direct(person).id
        event: Json = {"type": "app_home_opened", "user": person, "channel": direct, "tab": tab}
        if tab == "home" and person in self.space.homes:
            event["view"] = self.space.homes[person]
        self.tell("app_home_opened", {**event, "event_ts": self.space.stamp()}, None)

    def stop(self, person: str, channel: str, thread: str) -> None:
        """A person presses the stop button beside a thread; Refused where Slack shows none."""
        session = self.space.sessions.get((channel, thread), {})
        if session.get("status") != "processing" or not self.space.stoppable:
            raise Refused("nothing_to_stop")
        said = self.space.channels[channel].thread(thread)
        streaming = [one for one in said if one.get("streaming_state") == STREAMING]
        for one in streaming:
            one["streaming_state"] = "stopped"
        event: Json = {
            "type": "agent_session_stopped", "channel": channel, "thread_ts": thread, "user": person,
            "streaming_message_ts": [one["ts"] for one in streaming], "event_ts": self.space.stamp(),
        }  # fmt: skip
        self.tell("agent_session_stopped", event, self.space.channels[channel])

    def run_step(self, callback: str, inputs: Json) -> str:
        """A workflow comes to a step of the app's; the id of the run. Refused for a step that no app declares, and for
        inputs that are not those it takes."""
        function = self.space.functions.get(callback)
        if function is None:
            raise Refused("unknown_function", callback_id=callback)
        if wrong := list(faults(function["input_parameters"], inputs)):
            raise Refused("parameter_validation_failed", messages=wrong)
        run = self.space.fresh("Fx")
        self.space.executions[run] = {"function": callback, "state": "running"}
        told = {"id": f"Fn{callback}", "callback_id": callback, "title": function["title"], "type": "app"}
        event: Json = {
            "type": "function_executed", "function": {**told, "app_id": self.space.app_id}, "inputs": inputs,
            "function_execution_id": run, "workflow_execution_id": self.space.fresh("Wx"),
            "event_ts": self.space.stamp(), "bot_access_token": "xwfp-playground",
        }  # fmt: skip
        self.tell("function_executed", event, None)
        return run

    # --- interactions --------------------------------------------------------------------------

    def command(self, person: str, channel: str, line: str) -> Delivery:
        """A person types a slash command; Refused for one that no app declares."""
        name, _, text = line.strip().partition(" ")
        if name not in self.space.commands:
            raise Refused("unknown_command", command=name)
        place = self.space.channels[channel]
        known = {"im": "directmessage", "private": "privategroup"}.get(place.kind, place.name)
        return self.sockets.send(
            "slash_commands",
            {
                "token": "verification",
                "team_id": self.space.team,
                "team_domain": "playground",
                "channel_id": channel,
                "channel_name": known,
                "user_id": person,
                "user_name": self.space.people[person].name.lower(),
                "command": name,
                "text": text,
                "api_app_id": self.space.app_id,
                "is_enterprise_install": "false",
                "response_url": self._response_url(channel, person),
                "trigger_id": self.space.open_trigger(person),
            },
        )

    def shortcut(self, person: str, channel: str, ts: str, callback: str) -> Delivery:
        """A person chooses a shortcut from a message's menu; Refused for one that no app declares, and on a message
        that they cannot see."""
        if callback not in self.space.shortcuts:
            raise Refused("unknown_shortcut", callback_id=callback)
        place = self.space.channels[channel]
        if ts not in place.messages or (place.kind != "public" and person not in place.members):
            raise Refused("message_not_found")
        known = {"im": "directmessage", "private": "privategroup"}.get(place.kind, place.name)
        payload = self._envelope(person, "message_action") | {
            "callback_id": callback,
            "trigger_id": self.space.open_trigger(person),
            "action_ts": self.space.stamp(),
            "channel": {"id": channel, "name": known},
            "message_ts": ts,
            "message": {k: v for k, v in copy.deepcopy(place.messages[ts]).items() if k != "metadata"},
            "response_url": self._response_url(channel, person),
        }
        return self.sockets.send("interactive", payload)

    def changed(self, person: str) -> None:
        """Something about a person is no longer as it was."""
        now = self.space.clock.now()
        user = self.space.people[person].seen(True, "users:read.email" in self.space.scopes)
        event: Json = {"type": "user_change", "user": user, "cache_ts": int(now), "event_ts": self.space.stamp()}
        self.tell("user_change", event, None)

    def press(
        self, person: str, message: Mapping[str, Any], path: Sequence[str | int], chosen: Json, channel: str
    ) -> Delivery:
        """A person uses the element at `path` of a message; `chosen` is what a menu adds to its action."""
        ephemeral = any(e.message["ts"] == message["ts"] for e in self.space.ephemerals)
        container = {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": channel,
            "is_ephemeral": ephemeral,
        }
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        payload = self._interaction(person, message, path, chosen) | {
            "container": container,
            "channel": {"id": channel, "name": self.space.channels[channel].name or "directmessage"},
            "state": {"values": {}},
            "response_url": self._response_url(channel, person, message["ts"], ephemeral),
        }
        if not ephemeral:
            payload["message"] = copy.deepcopy(dict(message))
        return self.sockets.send("interactive", payload)

    def press_in_view(
        self, person: str, view: Mapping[str, Any], path: Sequence[str | int], chosen: Json, values: Json
    ) -> Delivery:
        """A person uses an element of a modal or of the app's home; `values` is the state of its inputs."""
        shown = {**view, "state": {"values": values}}
        payload = self._interaction(person, view, path, chosen) | {
            "container": {"type": "view", "view_id": view["id"]},
            "view": shown,
        }
        return self.sockets.send("interactive", payload)

    def submit(self, person: str, view: Mapping[str, Any], values: Mapping[str, Any]) -> Delivery:
        """A person submits a modal."""
        self.space.wrong.pop(str(view["id"]), None)
        filled = {**view, "state": {"values": values}}
        payload = self._envelope(person, "view_submission") | {
            "trigger_id": self.space.open_trigger(person),
            "view": filled,
            "response_urls": [],
        }
        return self.sockets.send("interactive", payload)

    def close(self, person: str, view: Mapping[str, Any]) -> None:
        """A person closes a modal; the app hears of it where it asked to."""
        self.space.close_view(str(view["id"]))
        if view.get("notify_on_close"):
            payload = self._envelope(person, "view_closed") | {"view": dict(view), "is_cleared": False}
            self.sockets.send("interactive", payload)

    def answered(self, delivery: Delivery) -> None:
        """What an acknowledgement carries: text after a command, a response action after a form."""
        said = delivery.response or {}
        if delivery.kind == "slash_commands" and said:
            channel = self.space.channels[delivery.payload["channel_id"]]
            self.space.whisper(channel, delivery.payload["user_id"], {"text": said.get("text", ""), **said})
        elif delivery.payload.get("type") == "view_submission":
            self._formed(delivery.payload, said)

    def _formed(self, payload: Json, said: Json) -> None:
        before, person = payload["view"]["id"], payload["user"]["id"]
        match said.get("response_action"):
            case "errors":
                self.space.wrong[before] = said.get("errors", {})
            case "update" if before in self.space.views:
                self.space.change_view(before, sound(said, "modal"))
            case "push":
                root = payload["view"].get("root_view_id")
                self.space.modals.setdefault(person, []).append(
                    keep(self.space, sound(said, "modal"), person, root, before)["id"]
                )
            case "clear":
                for view in list(self.space.modals.get(person, ())):
                    self.space.close_view(view)
            case None:
                self.space.close_view(before)

    # --- pieces --------------------------------------------------------------------------------

    def _envelope(self, person: str, kind: str) -> Json:
        who = self.space.people[person]
        return {
            "type": kind,
            "user": {"id": person, "username": who.name, "name": who.name, "team_id": who.team},
            "api_app_id": self.space.app_id,
            "token": "verification",
            "team": {"id": self.space.team, "domain": "playground"},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _interaction(self, person: str, shown: Mapping[str, Any], path: Sequence[str | int], chosen: Json) -> Json:
        block, used = element_at(shown, path)
        action = {k: used[k] for k in ("type", "action_id", "text", "value") if k in used} | chosen
        return self._envelope(person, "block_actions") | {
            "trigger_id": self.space.open_trigger(person),
            "actions": [{**action, "block_id": block.get("block_id", "b1"), "action_ts": self.space.stamp()}],
        }

    def _response_url(self, channel: str, person: str, ts: str | None = None, ephemeral: bool = False) -> str:
        return f"{self.space.url}/response/{self.space.open_response_url(channel, person, ts, ephemeral)}"


def element_at(shown: Mapping[str, Any], path: Sequence[str | int]) -> tuple[Json, Json]:
    """The block and the element at a path such as ("blocks", 2, "elements", 0); LookupError where there is none."""
    found: Any = shown
    block: Json = {}
    for step in path:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError) as error:
            raise LookupError(f"nothing at {list(path)}") from error
        if isinstance(found, dict) and (not block or "block_id" in found):
            block = found
    if not isinstance(found, dict) or "type" not in found:
        raise LookupError(f"no element at {list(path)}")
    return block, found


def path_of(shown: Mapping[str, Any], label: str) -> tuple[str | int, ...]:
    """Where the button with this label stands; LookupError where there is none."""
    for at, block in enumerate(shown.get("blocks", ())):
        places = [("elements", number) for number in range(len(block.get("elements", ())))]
        for place in [*places, *([("accessory",)] if "accessory" in block else [])]:
            path: tuple[str | int, ...] = ("blocks", at, *place)
            _, found = element_at(shown, path)
            if found["type"] == "button" and found["text"]["text"] == label:
                return path
    raise LookupError(f"no button {label!r} here")
