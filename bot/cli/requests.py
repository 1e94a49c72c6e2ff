"""What people asked the bot to learn: requests."""

from __future__ import annotations

from bot.cli.options import DEFAULT, As, AsOf, Json, Spoken, Workspace, app
from bot.terminal import finished, opened, told
from bot.types import Place


@app.command()
def requests(
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "admin",
    as_json: Json = False,
) -> None:
    """List the metrics that people miss."""

    def work() -> int:
        session = opened(workspace, as_of, role, Place.DM, language)
        return finished(session.service.requests(session.question("")), as_json=as_json)

    told(work, language, as_json=as_json)
