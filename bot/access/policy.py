"""Roles of people and channels → Rights.

A person's role is found by user id, else e-mail address, else user group, else e-mail domain;
the first of these that names a role decides, so that an exception for one person beats the rule
for their team. Members of several named groups are confined to what all of those roles allow.
In a shared place the audience counts as well: the answer uses what asker and readers both may see. The readers of a
channel have the role that the workspace names for it; of any other they are viewers who may be whoever is in no list.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from bot.access.identity import admit
from bot.errors import BadQuestion, BadWorkspace
from bot.types import Note, Person, Place, Rights, RowFilter

VIEWER = "viewer"

MEMBER = re.compile(r"[UW]\w+|group:S\w+|[^\s@]*@[^\s@]+\.[^\s@]+")

BUILT_IN: Mapping[str, Rights] = {
    VIEWER: Rights(role=VIEWER, person_level=False, drafts=False, smallest_cell=5),
    "marketer": Rights(role="marketer", approves=True),
    "analyst": Rights(role="analyst"),
    "admin": Rights(role="admin", approves=True),
}
"""Viewers see figures of five people or more; the others also see people and drafts, and marketers and admins decide
on drafts.
What else tells marketers, analysts and admins apart is the workspace's to say."""


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One `[access.roles.NAME]` of the workspace file.

    What is None stays as in the built-in role of that name, or as in viewer where there is none.
    `members` are user ids ("U123"), e-mail addresses, domains ("@example.com") or "group:S1".
    """

    metrics: tuple[str, ...] | None = None
    dimensions: tuple[str, ...] | None = None
    person_level: bool | None = None
    drafts: bool | None = None
    approves: bool | None = None
    row_filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    smallest_cell: int | None = None
    members: tuple[str, ...] = ()

    def rights(self, name: str) -> Rights:
        """The rights of the role called `name` under this rule."""
        base = BUILT_IN.get(name, BUILT_IN[VIEWER])
        return Rights(
            role=name,
            metrics=base.metrics if self.metrics is None else frozenset(self.metrics),
            dimensions=base.dimensions if self.dimensions is None else frozenset(self.dimensions),
            person_level=base.person_level if self.person_level is None else self.person_level,
            drafts=base.drafts if self.drafts is None else self.drafts,
            approves=base.approves if self.approves is None else self.approves,
            row_filters=tuple(RowFilter(by, tuple(sorted(set(only)))) for by, only in self.row_filters.items()),
            smallest_cell=base.smallest_cell if self.smallest_cell is None else self.smallest_cell,
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one workspace; made by `make_policy`. `home` are the Slack workspaces it serves."""

    roles: Mapping[str, Rights]
    members: Mapping[str, str]
    channels: Mapping[str, str]
    default_role: str = VIEWER
    home: frozenset[str] = frozenset()

    def rights(self, person: Person, place: Place, channel: str | None = None) -> Rights:
        """What may be shown to this person in this place; NotAllowed if the person may not ask there."""
        admit(person, place, self.home)
        return self.in_place(self._own(person), place, channel)

    def rights_of_role(self, role: str, place: Place, channel: str | None = None) -> Rights:
        """The same for a role by its name, as the terminal asks; BadQuestion if there is none."""
        if role not in self.roles:
            raise BadQuestion("unknown_role", name=role, near=tuple(sorted(self.roles)))
        admit(Person(id="terminal"), place)
        return self.in_place(self.roles[role], place, channel)

    def drafts(self, role: str) -> bool:
        """Whether a role may draft, wherever it asks: in a channel its rights are cut for those who read along."""
        return role in self.roles and self.roles[role].drafts

    @property
    def unnamed(self) -> Rights:
        """What may be shown where nobody is known to ask or to read along: what everybody may see in any channel."""
        return self.in_place(self.roles[self.default_role], Place.PUBLIC)

    def named(self, role: str) -> tuple[str, ...]:
        """The members that the workspace names for a role, as it names them."""
        return tuple(member for member, its in self.members.items() if its == role)

    def in_place(self, own: Rights, place: Place, channel: str | None = None) -> Rights:
        """`own` rights, cut by the audience: people are listed in direct messages, and in those
        private channels that the workspace file gives a role which allows it; never in a public one."""
        if place is Place.DM:
            return own
        shared = own.within(self._readers(channel))
        named = place is Place.PRIVATE and channel in self.channels
        return replace(shared, person_level=shared.person_level and named)

    def _readers(self, channel: str | None) -> Rights:
        """What everybody who reads a channel may see."""
        if named := self.channels.get(channel or ""):
            return self.roles[named]
        return self.roles[VIEWER].within(self.roles[self.default_role])

    def _own(self, person: Person) -> Rights:
        email = (person.email or "").casefold()
        user = [person.id]
        address = [email] if email else []
        groups = [f"group:{group}" for group in person.groups]
        domain = ["@" + email.rpartition("@")[2]] if "@" in email else []
        for names in (user, address, groups, domain):
            if roles := sorted({self.members[name] for name in names if name in self.members}):
                return reduce(Rights.within, (self.roles[role] for role in roles))
        return self.roles[self.default_role]


def make_policy(
    default_role: str = VIEWER,
    roles: Mapping[str, RoleRule] | None = None,
    channels: Mapping[str, str] | None = None,
    home: frozenset[str] = frozenset(),
) -> Policy:
    """The policy that the workspace file's `[access]` describes: `roles` by name, channel id → role.

    Raises BadWorkspace with every gap: a role that does not exist, a member with two roles or of
    no known form, a row filter that lets nothing pass, a negative smallest cell.
    """
    rules = roles or {}
    known = {**BUILT_IN, **{name: rule.rights(name) for name, rule in rules.items()}}
    gaps = [*_gaps_of_names(default_role, channels or {}, known), *_gaps_of_rules(rules)]
    if gaps:
        raise BadWorkspace("access_gaps", gaps=tuple(gaps))
    members = {_member(member): name for name, rule in rules.items() for member in rule.members}
    return Policy(known, members, dict(channels or {}), default_role, home)


def _member(text: str) -> str:
    """E-mail addresses and domains are the same in any case; Slack's ids are not."""
    return text.casefold() if "@" in text else text


def _gaps_of_names(default_role: str, channels: Mapping[str, str], known: Mapping[str, Rights]) -> Iterable[Note]:
    near = tuple(sorted(known))
    if default_role not in known:
        yield Note("gap_default_role", {"role": default_role, "near": near})
    for channel, role in channels.items():
        if role not in known:
            yield Note("gap_channel_role", {"channel": channel, "role": role, "near": near})


def _gaps_of_rules(rules: Mapping[str, RoleRule]) -> Iterable[Note]:
    seen: dict[str, str] = {}
    for name, rule in rules.items():
        for by, only in rule.row_filters.items():
            if not only:
                yield Note("gap_row_filter", {"role": name, "dimension": by})
        if rule.smallest_cell is not None and rule.smallest_cell < 0:
            yield Note("gap_smallest_cell", {"role": name, "value": rule.smallest_cell})
        for member in rule.members:
            if not MEMBER.fullmatch(member):
                yield Note("gap_member_form", {"role": name, "member": member})
            first = seen.setdefault(_member(member), name)
            if first != name:
                yield Note("gap_member_twice", {"member": member, "role": first, "other": name})
