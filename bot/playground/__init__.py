"""A local Slack: Web API, Socket Mode and signed requests on 127.0.0.1, as strict as the real one.

    limits      every limit of the platform, in one table
    blocks      what is wrong with these blocks?
    workspace   people, channels, messages: what the workspace remembers
    acts        what people do, and what the app is told of it, if its manifest asked for it
    sockets     Socket Mode: envelopes, acks, retries
    posting     delivery over HTTP: signed requests to the app's address
    oauth       codes, tokens, refresh tokens, and which workspace each is for
    methods/    the Web API, one module a family of methods
    server      the HTTP side: tokens, scopes, rate limits, response URLs, files
    page        what one person sees and does on the page, whose HTML, CSS and modules lie in page/
    control     `Slack`: starts it all, and acts for people, in synchronous Python

It knows nothing of the app that talks to it: what an app may do comes from its manifest.
Where the documents of Slack disagree, the stricter reading is taken.
"""

from bot.playground.control import Slack
from bot.playground.page import Opening
from bot.playground.server import Weather
from bot.playground.sockets import Pace

__all__ = ["Opening", "Pace", "Slack", "Weather"]
