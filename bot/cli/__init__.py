"""The same bot in a terminal: a module for each kind of command, which enters its commands in `app` when loaded."""

from __future__ import annotations

import logging
import pkgutil
import sys
from importlib import import_module

import structlog

from bot import discreet
from bot.cli.options import app

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def main() -> None:
    """Run the command line; logs go to stderr, so that stdout stays for answers, and hold no secret and no name."""
    discreet.install()
    structlog.configure(
        # Tracebacks without local variables: those hold customers' data.
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            discreet.in_events,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app()
