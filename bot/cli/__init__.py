"""The same bot in a terminal: a module for each kind of command, which enters its commands in `app` when loaded."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

from bot import discreet, trail
from bot.cli.options import app

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def main() -> None:
    """Run the command line; logs go to stderr, so that stdout stays for answers, and hold no secret and no name."""
    discreet.install()
    trail.keep(sys.stderr, plain=sys.stderr.isatty())
    app()
