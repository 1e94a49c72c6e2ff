"""Who is asking, before any right is looked up: members of the company's own workspace, and nobody else."""

from bot.errors import NotAllowed
from bot.types import Person, Place


def admit(person: Person, place: Place, home: frozenset[str] = frozenset()) -> None:
    """Let a member of the workspaces `home` pass; raise NotAllowed with the reason for anyone else.

    An empty `home` stands for a surface without workspaces, the terminal. Where workspaces are
    known a person whose own is unknown is refused as well. In a channel shared with another
    company even a member's answer would be read by outsiders, so nobody is answered there.
    """
    if person.deleted:
        raise NotAllowed("refused_deactivated")
    if person.bot:
        raise NotAllowed("refused_bot")
    if person.stranger:
        raise NotAllowed("refused_stranger")
    if home and person.team not in home:
        raise NotAllowed("refused_other_workspace")
    if person.guest:
        raise NotAllowed("refused_guest")
    if place is Place.EXTERNAL:
        raise NotAllowed("refused_external_channel")
