"""The only reader of the environment and of `workspace.toml`."""

from bot.settings.environment import OPENAI_URL, ROOT, Environment
from bot.settings.sections import AccessSection, ChannelSection, RoleSection
from bot.settings.workspace import MOST_BYTES, Workspace, read_workspace

__all__ = [
    "MOST_BYTES",
    "OPENAI_URL",
    "ROOT",
    "AccessSection",
    "ChannelSection",
    "Environment",
    "RoleSection",
    "Workspace",
    "read_workspace",
]
