"""The Slack surface: from an event to one message, and nothing else.

heard         what the bot has to answer, told from Slack's payloads; the rest is dropped unread
app           Bolt: ack first, keep, then hand over to the workers
transports    how Slack reaches it: Socket Mode, or signed requests;  listener: the port, an application a path
files         a direct message's files, fetched
people        who asks and where, as Slack knows them
conversation  one question from identity to answer
commands/     ADD A COMMAND: one function
replies       one message a question: placed, filled, and never twice
receipt       Receipt → the modal behind an answer (pure);  counter: opens it on a click
blocks        Answer → Block Kit (pure);  buttons: what a button carries
tables        Evidence → a table block (pure);  prompts: questions to start from
limits        Slack's limits, and how a message gives way to them (pure)
manifest      the app as Slack is told of it
ports         what this room needs from the others
"""

from bot.slack.app import SlackBot, open_bot

__all__ = ["SlackBot", "open_bot"]
