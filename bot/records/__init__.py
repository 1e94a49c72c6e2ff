"""What must survive a crash: accepted questions, threads, answers, drafts and decisions, schedules, what models cost,
and who asked lately.

SQLite or PostgreSQL, one text. Every function that needs the time takes it as `now`, a naive UTC instant.
"""

from bot.records.answers import Answers, Given
from bot.records.backup import Saved
from bot.records.campaigns import Campaigns
from bot.records.decisions import Decisions
from bot.records.drafts import Drafts, KeptDraft
from bot.records.forgetting import Gone
from bot.records.inbox import Accepted, Inbox
from bot.records.promises import Promise, Promises
from bot.records.proposals import Proposal, Proposals
from bot.records.schedules import Posting, Schedules
from bot.records.spending import Spending
from bot.records.store import Records, migrated, open_records, restore_backup, save_backup
from bot.records.teams import records_of
from bot.records.threads import Thread, Threads
from bot.records.turns import Turns

__all__ = [
    "Accepted",
    "Answers",
    "Campaigns",
    "Decisions",
    "Drafts",
    "Given",
    "Gone",
    "Inbox",
    "KeptDraft",
    "Posting",
    "Promise",
    "Promises",
    "Proposal",
    "Proposals",
    "Records",
    "Saved",
    "Schedules",
    "Spending",
    "Thread",
    "Threads",
    "Turns",
    "migrated",
    "open_records",
    "records_of",
    "restore_backup",
    "save_backup",
]
