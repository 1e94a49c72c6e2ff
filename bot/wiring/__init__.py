"""The only place that picks real parts: settings in, a Service out."""

from bot.wiring.keeping import migrate_records, restore_records, save_records
from bot.wiring.parts import company_of, look_at, service_of
from bot.wiring.playing import playing
from bot.wiring.reaching import home, installed_in, manifest, reach_model, reach_slack, slack_ids
from bot.wiring.serving import serve_mcp, several, start_slack

__all__ = [
    "company_of",
    "home",
    "installed_in",
    "look_at",
    "manifest",
    "migrate_records",
    "playing",
    "reach_model",
    "reach_slack",
    "restore_records",
    "save_records",
    "serve_mcp",
    "service_of",
    "several",
    "slack_ids",
    "start_slack",
]
