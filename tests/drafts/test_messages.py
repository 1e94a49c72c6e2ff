"""The written messages, each in every language and on every channel: they obey what code can check of the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
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
from bot.types import Variant
from tests.drafts.conftest import AS_OF, ROOT

KNOWLEDGE = ROOT / "knowledge"
HANDBOOK = load_handbook(KNOWLEDGE)
EACH = pytest.mark.parametrize("message", HANDBOOK.messages, ids=lambda message: message.id)
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


def variants(message: Message) -> Iterator[tuple[str, str, Variant]]:
    """Language, channel and text of every variant of a message."""
    yield from ((*place, variant) for place, text in message.texts.items() for variant in text.variants)


@EACH
def test_a_message_passes_every_check_on_its_texts(message: Message) -> None:
    found = {place: faults(copy_of(message, *place)) for place in message.texts}
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
    assert [text for text in message.texts.values() if [one.name for one in text.variants] != ["A", "B"]] == []


@EACH
def test_an_email_is_read_in_a_minute_and_has_one_link_that_says_what_happens(message: Message) -> None:
    for language, channel, variant in variants(message):
        if channel == "email":
            body = variant["body"]
            assert 55 <= len(body.split()) <= 160, (language, len(body.split()))
            assert re.search(r"^\w.{4,44}[: ]\{link\}$", body.replace("\u00a0", " "), re.MULTILINE), language


@EACH
def test_a_message_promises_nothing_of_its_own(message: Message) -> None:
    for language, channel, variant in variants(message):
        whole = " ".join(variant.parts.values())
        assert not OFFERED.search(whole), (language, channel)
        assert "!" not in whole, (language, channel)


@EACH
def test_needed_values_have_no_fallback_and_others_have(message: Message) -> None:
    for language, channel, variant in variants(message):
        for tag in (tag for part in variant.parts.values() for tag in tags(part)):
            assert (tag.fallback is not None) == (FIELDS[tag.name].kind == "person"), (language, channel, tag)


@EACH
def test_what_a_message_needs_is_the_same_in_every_language(message: Message) -> None:
    """Whom a text cannot be sent to must not hang on the language it is written in."""
    needs: dict[str, dict[str, set[str]]] = {}
    for language, channel, variant in variants(message):
        used = {tag.name for part in variant.parts.values() for tag in tags(part)}
        needed = {name for name in used if FIELDS[name].kind in ("needed", "offer")}
        needs.setdefault(channel, {}).setdefault(language, set()).update(needed)
    assert [channel for channel, found in needs.items() if len(set(map(frozenset, found.values()))) > 1] == []


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


def test_letters_are_signed_as_the_brands_voice_has_it_and_else_by_sender_and_company() -> None:
    """In a language's own words, else in those that hold in all, else as it is usual."""
    message = next(one for one in HANDBOOK.messages if one.id == "DT12")

    def last_lines(language: str, voice: dict[str, dict[str, str]]) -> str:
        brand, text = replace(BRAND, voice=voice), message.texts[language, "email"]
        telling = Telling(language, AS_OF)
        shown = previews(text.variants, EXAMPLE, telling, brand, HANDBOOK.policy, None, alone=False)
        return shown[0].variant["body"]

    voice = {
        "": {"signature": "{sender_name}\nThe team of {brand}"},
        "fr": {"signature": "Bien à vous,\n{sender_name}"},
    }
    assert "\n\nNora Whitfield, Brindlewick\n\n" in last_lines("en", {})
    assert "\n\nNora Whitfield\nThe team of Brindlewick\n\n" in last_lines("en", voice)
    assert "\n\nBien à vous,\nNora Whitfield\n\n" in last_lines("fr", voice)
