"""The same tools for other assistants: mcp."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import DEFAULT, AsOf, Workspace, app
from bot.terminal import told


@app.command()
def mcp(
    role: Annotated[str, typer.Option("--as", help="The role whose rights the other assistant has.")] = "viewer",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
) -> None:
    """Offer the tools to another assistant (MCP on standard input and output) until it is closed."""

    def work() -> int:
        from bot.wiring import serve_mcp

        return serve_mcp(workspace, as_of.date() if as_of else None, role)

    told(work, None, as_json=False)
