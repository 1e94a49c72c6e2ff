"""Whose words take a saved segment away, and whose only sound like it."""

import pytest

from bot.engines.understanding.shelved import deletes


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("delete the segment Spain without reports", "Spain without reports"),
        ("can you remove the segment “Regulars”?", "Regulars"),
        ("delete segment: Regulars", "Regulars"),
        ("peux-tu supprimer le segment Fidèles ?", "Fidèles"),
        ("¿puedes borrar el segmento Fieles?", "Fieles"),
        ("czy możesz usunąć segment Wierni?", "Wierni"),
    ],
)
def test_a_segment_is_taken_away_by_its_name(text: str, name: str) -> None:
    assert deletes(text) == name


@pytest.mark.parametrize(
    "text",
    ["group drop-off by country", "segments drop in churn", "which segment dropped in October", "churn by segment"],
)
def test_what_falls_is_not_taken_away(text: str) -> None:
    assert deletes(text) is None
