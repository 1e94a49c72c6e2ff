"""A finding names the play it leads to and says why; a chapter is listed whole; old sources are named."""

from pathlib import Path

import pytest

from bot.playbook import load
from bot.terminal import Session

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("language", "question", "chapter"),
    [
        ("en", "all practices of the chapter measurement", "measurement"),
        ("en", "what plays are in the customer success chapter?", "success"),
        ("fr", "toutes les pratiques du chapitre canaux", "channels"),
        ("es", "todas las prácticas del capítulo campañas", "campaigns"),
        ("pl", "jakie praktyki są w rozdziale wyzwania", "challenges"),
    ],
)
def test_a_chapter_is_listed_whole(demo: Session, language: str, question: str, chapter: str) -> None:
    answer = demo.service.ask(demo.question(question))
    titles = [play.text(language).title for play in load(ROOT / "knowledge") if play.chapter == chapter]
    assert answer.text.splitlines()[1:] == [f"{n}. {title}" for n, title in enumerate(titles, 1)]


def test_a_finding_says_why_it_leads_to_its_play(demo: Session) -> None:
    answer = demo.service.ask(demo.question("why did churn rate rise in October?"))
    keys = [finding.key for finding in answer.findings]
    chosen = answer.findings[keys.index("advise_play") + 1]
    assert [citation.play for citation in answer.citations] == ["renewal-annual-plans"]
    assert chosen.key == "advise_because_up_where"
    assert chosen.values["metric"] == "churn_rate"


def test_advice_on_old_sources_says_so(demo: Session) -> None:
    """Reichheld and Sasser wrote in 1990."""
    answer = demo.service.ask(
        demo.question("any advice on retention marketing when we win as many customers as we lose?")
    )
    assert answer.citations[0].play == "retention-marketing"
    assert any("Reichheld" in caveat and "(1990)" in caveat for caveat in answer.caveats)
