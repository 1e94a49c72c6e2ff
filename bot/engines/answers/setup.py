"""How the bot is set up, for its admins: what the workspace file says, and what is switched outside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.access import Policy
from bot.language import Language
from bot.types import Defaults, Definitions, Entry, Note


@dataclass(frozen=True, slots=True)
class Setup:
    """Who may see what, what each channel is about, and whether a language model helps."""

    policy: Policy
    defaults: Mapping[str, Defaults]
    model: bool

    def lines(self, definitions: Definitions, language: Language) -> Iterator[Entry]:
        """What holds for all, then a line for each channel that has something of its own."""
        weekdays = language.say("settings_weekdays").split("|")
        yield Entry(Note("settings_company", {
            "zone": definitions.zone, "currency": definitions.currency, "language": definitions.language,
            "weekday": weekdays[definitions.week_start],
        }))  # fmt: skip
        named = Counter(self.policy.members.values())
        roles = [f"{role} ({n})" for role, n in sorted(named.items())]
        key = "settings_roles" if roles else "settings_one_role"
        yield Entry(Note(key, {"role": self.policy.default_role, "roles": roles}))
        yield Entry(Note("settings_model" if self.model else "settings_no_model"))
        for channel in sorted({*self.policy.channels, *self.defaults}):
            if about := "; ".join(self._about(channel, language)):
                yield Entry(Note("settings_channel", {"channel": channel, "about": about}))

    def _about(self, channel: str, language: Language) -> Iterator[str]:
        if role := self.policy.channels.get(channel):
            yield language.say("settings_readers", role=role)
        own = self.defaults.get(channel, Defaults())
        if own.filters:
            yield language.say("group_filters", filters=own.filters)
        yield from (f"{name} = {value}" for name, value in own.variant)
        if own.language:
            yield language.say("settings_speaks", language=own.language)
