"""How a summary that comes by itself is said: what it is, when it comes, and when next; and what is typed about it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.language import Language, fold
from bot.types import Cadence, Schedule, local_day
from bot.types.schedules import LAST_DAY

TYPED = ("list", "change", "delete", "pause", "resume")
HEARD = ("every", "nouns", "leadership", "marketing", "success", *Cadence, *(f"verb_{one}" for one in TYPED))


def shown(schedule: Schedule, language: Language) -> dict[str, object]:
    """What sentences say of a schedule: its id, `what` it is, `when` it comes, the `day` and `at` of the next time."""
    what = language.say(f"schedule_what_{schedule.cadence}")
    what = language.say(f"schedule_for_{schedule.readers}", what=what) if schedule.readers else what
    day, at = str(schedule.day), f"{schedule.at.hour}:{schedule.at.minute:02}"
    kind: str = schedule.cadence
    if schedule.cadence is Cadence.WEEKLY:
        day = language.say("schedule_weekdays").split("|")[schedule.day or 0]
    elif schedule.day == LAST_DAY:
        kind = "last"
    when = language.say(f"schedule_when_{kind}", day=day, at=at, zone=schedule.zone)
    due = local_day(schedule.due, schedule.zone)
    return {"id": schedule.id, "what": what, "when": when, "day": due, "at": at, "zone": schedule.zone}


def change_of(schedule: Schedule, language: Language) -> str:
    """What is typed to make the schedule of its id such as this one is; a personal one keeps to its owner's zone."""
    first = {kind: language.say(f"schedule_{kind}").split()[0] for kind in ("verb_change", schedule.cadence)}
    readers = language.say(f"schedule_{schedule.readers or 'everyone'}").split()[0]
    day = str(schedule.day or "")
    if schedule.cadence is Cadence.WEEKLY:
        said = language.say("schedule_weekdays").split("|")[schedule.day or 0].split()
        day = next(word for word in said if fold(word) in language.weekdays).casefold()
    elif schedule.cadence is Cadence.MONTHLY and schedule.day == LAST_DAY:
        day = language.say("schedule_last").split()[0]
    at, zone = f"{schedule.at.hour}:{schedule.at.minute:02}", "" if schedule.personal else schedule.zone
    words = (language.say("schedule_word"), first["verb_change"], str(schedule.id), first[schedule.cadence], day, at)
    return " ".join(filter(None, (*words, zone, readers)))


def openings(language: Language) -> Iterator[str]:
    """The words that may stand after "schedule"."""
    for kind in HEARD:
        yield from language.say(f"schedule_{kind}").casefold().split()
    yield from language.weekdays
