"""The written messages, each in every language and on every channel: they obey what code can check of the rules."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.drafting import Brand, Handbook, Message, load_handbook
from bot.drafting.example import EXAMPLE
from bot.drafting.gallery import SHOWN, pages
from bot.drafting.guardrails import Copy, check
from bot.drafting.merge import FIELDS, tags
from bot.drafting.messages import load
from bot.drafting.offers import Offer
from bot.drafting.policy import Policy
from bot.drafting.previews import previews
from bot.drafting.values import Telling
from bot.errors import BadWorkspace
from bot.language import available
from bot.playbook import Play
from tests.drafts.conftest import AS_OF, ROOT

KNOWLEDGE = ROOT / "knowledge"
HANDBOOK = load_handbook(KNOWLEDGE)
WRITTEN = [
    pytest.param(message, language, channel, id=f"{message.id}-{language}-{channel}")
    for message in HANDBOOK.messages
    for language, channel in message.texts
]
EACH = pytest.mark.parametrize(("message", "language", "channel"), WRITTEN)
STOP = {"fr": "STOP au 36200"}
BRAND = Brand("Brindlewick", "Nora Whitfield", "nora@b.example", "12 Mill Lane, Springfield", stop=STOP)
OFFER = Offer("half", "Half the price for three months.", frozenset({"FR"}), date(2026, 12, 31), "")
PRIVATE = {"person", "needed"}
OFFERED = re.compile(
    r"discount|% off|remise|offert\b|promo|coupon|free month|mois gratuit|voucher"
    r"|descuento|rebaja|cupón|gratis|regalo|rabat|zniżk|kupon|za darmo|prezent(y|em|u)?\b", re.IGNORECASE
)  # fmt: skip
OPENINGS = 0.75
"""At least so many of the emails of a language begin with words of their own."""


def copy_of(message: Message, language: str, channel: str) -> Copy:
    """The text as the guardrails see it, for a reader of whom all is known, nothing, and the longest."""
    text, telling = message.texts[language, channel], Telling(language, AS_OF)
    filled = previews(text.variants, EXAMPLE, telling, BRAND, HANDBOOK.policy, OFFER, alone=False)
    return Copy(
        message.type, message.stage, text.element, language, text.variants, filled, BRAND, HANDBOOK.policy, channel
    )  # fmt: skip


def faults(copy: Copy) -> list[tuple[str, str, dict[str, object]]]:
    """What is wrong. An amber fact may wait for a person, a circular is one, and accents may cost a second part."""
    known = {"PER-AMBER", "PER-01", "SMS-08"} | ({"LEN-01"} if copy.channel == "sms" else set())
    return [
        (one.id, one.severity, dict(one.reason.values)) for one in check(copy) if not one.passed and one.id not in known
    ]


@EACH
def test_a_message_passes_every_check_on_its_text(message: Message, language: str, channel: str) -> None:
    assert faults(copy_of(message, language, channel)) == []


@EACH
def test_a_text_fits_its_channel_with_room_to_spare(message: Message, language: str, channel: str) -> None:
    """An SMS goes in one part in English and in two at most elsewhere; an email can be read in a minute."""
    text = message.texts[language, channel]
    assert [variant.name for variant in text.variants] == ["A", "B"]
    if channel == "email":
        body = text.variants[0]["body"]
        assert 55 <= len(body.split()) <= 160, len(body.split())
        assert re.search(r"^\w.{4,44}[: ]\{link\}$", body.replace("\u00a0", " "), re.MULTILINE)


@EACH
def test_a_message_promises_nothing_of_its_own(message: Message, language: str, channel: str) -> None:
    for variant in message.texts[language, channel].variants:
        whole = " ".join(variant.parts.values())
        assert not OFFERED.search(whole)
        assert "!" not in whole


@EACH
def test_needed_values_have_no_fallback_and_others_have(message: Message, language: str, channel: str) -> None:
    for variant in message.texts[language, channel].variants:
        for part in variant.parts.values():
            for tag in tags(part):
                assert (tag.fallback is not None) == (FIELDS[tag.name].kind == "person"), tag


@EACH
def test_what_a_message_needs_is_the_same_in_every_language(message: Message, language: str, channel: str) -> None:
    """Whom a text cannot be sent to must not hang on the language it is written in."""

    def needs(code: str) -> set[str]:
        texts = (part for variant in message.texts[code, channel].variants for part in variant.parts.values())
        return {tag.name for part in texts for tag in tags(part) if FIELDS[tag.name].kind in ("needed", "offer")}

    assert needs(language) == needs("en")


def test_every_draft_type_is_written_in_every_language_for_the_same_channels() -> None:
    assert {message.type for message in HANDBOOK.messages} == set(HANDBOOK.policy.kinds)
    assert len(HANDBOOK.policy.kinds) == 41
    for message in HANDBOOK.messages:
        assert message.channels
        assert {channel: set(message.languages(channel)) for channel in message.channels} == {
            channel: set(available()) for channel in message.channels
        }, message.id
        assert bool(message.offer) == ("{offer}" in str(message.texts))


def test_every_message_carries_out_a_play_that_leads_to_it(plays: tuple[Play, ...]) -> None:
    known = {play.id: play for play in plays}
    assert [one.id for one in HANDBOOK.messages if one.type not in known[one.play].draft_types] == []


@pytest.mark.parametrize("language", available())
def test_the_emails_of_a_language_do_not_all_begin_alike(language: str) -> None:
    """A reader who gets three of them in a year must not hear a machine."""
    emails = [one.texts[language, "email"].variants[0] for one in HANDBOOK.messages if "email" in one.channels]
    openings = {" ".join(one["body"].split("\n\n")[1].split()[:3]).lower() for one in emails}
    assert len(openings) >= OPENINGS * len(emails)
    assert len({one["subject"] for one in emails}) == len(emails)


def test_all_faults_of_the_files_are_told_at_once(tmp_path: Path, policy: Policy) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "messages.toml").write_text('DT01 = { stage = "STG-01", play = "x" }\nDT99 = { stage = "" }\n')
    (tmp_path / "frames.toml").write_text("[en]\n")
    (tmp_path / "en/DT01.md").write_text("## fax\n\nHello\n\n## sms\n\nHello {link}\n\n### B\ntitle: x\n")
    (tmp_path / "en/DT02.md").write_text("## sms\n\nHello\n")
    with pytest.raises(BadWorkspace) as broken:
        load(tmp_path, policy)
    told = "\n".join(broken.value.values["gaps"])
    for fault in ("fax: no such channel", "### B must hold one line", "has no DT02", "no DT99, the kind", "DT99 needs"):
        assert fault in told


def test_the_other_variant_differs_in_its_one_element(handbook: Handbook) -> None:
    message = next(one for one in handbook.messages if one.id == "DT22")
    a, b = message.texts["en", "email"].variants
    assert a["subject"] != b["subject"]
    assert b.but("subject", a["subject"], "A") == a


def test_the_gallery_shows_ten_messages_as_they_are_written() -> None:
    assert (ROOT / "docs/drafts.md").read_text(encoding="utf-8") == "".join(pages())
    assert len(SHOWN) == 10
    assert {language for _, language, _ in SHOWN} == set(available())
