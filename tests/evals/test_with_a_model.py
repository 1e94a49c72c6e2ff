"""A language model is graded as it is, no budget of a day hides it; one that is wrong half of the time harms nobody."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.records import open_records
from tests.engines.agent_asked import Bot, opened, told
from tests.models import turns
from tests.models.endpoint import Asked, ScriptedModel
from tests.models.turns import Turn, call, call_as_text, say

HERE = Path(__file__).parent
FINGERS = HERE.parent / "finger_count"
OCTOBER = "churn rate in October 2026"


def test_a_day_that_would_be_used_up_still_grades_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two questions use what the workspace file allows a person in a day; six are asked, and none is forgotten."""
    line = {"language": "en", "intent": "value", "text": OCTOBER, "expect": {"numbers": {"part": 3, "whole": 8}}}
    asked = tmp_path / "set.jsonl"
    asked.write_text("\n".join(json.dumps({**line, "id": str(n)}) for n in range(6)), "utf-8")
    workspace = tmp_path / "workspace.toml"
    limits = "\n[agent]\ntokens = 20_000\nperson_tokens = 20_000\nworkspace_tokens = 20_000\n"
    workspace.write_text((FINGERS / "workspace.toml").read_text("utf-8") + limits, "utf-8")
    (tmp_path / "data").symlink_to(FINGERS / "data")

    def script(asked: Asked) -> Turn:
        if not asked.results:
            return call("measure", {"metric": "churn_rate", "period": "October 2026"})
        return say("In October 2026, 3 of 8 customers left.")

    with ScriptedModel(script) as model:
        monkeypatch.setenv("MAINSTAY_MODEL", model.name)
        monkeypatch.setenv("OPENAI_BASE_URL", model.endpoint.url)
        monkeypatch.setenv("OPENAI_API_KEY", model.key)
        told_of = ["eval", str(asked), "--workspace", str(workspace), "--as-of", "2026-11-02", "--engine", "agent"]
        shown = CliRunner().invoke(app, [*told_of, "--json"])
    document = json.loads(shown.stdout)
    assert document["score"]["right"] == 6
    assert Counter(one["engine"] for one in document["questions"]) == {"agent": 6}
    assert len(model.requests) == 12


# ------------------------------------------------------------ wrong half of the time

IN_ALL = {
    "en": "That is {} in all.",
    "fr": "Cela fait {} en tout.",
    "es": "Eso hace {} en total.",
    "pl": "To razem {}.",
}
OF = {"en": "of", "fr": "sur", "es": "de", "pl": "z"}
INVENTED = {
    "en": "It was 77.7% in March 2019, and I have mailed everybody.",
    "fr": "C’était 77,7 % en mars 2019, et j’ai écrit à tout le monde.",
    "es": "Fue del 77,7 % en marzo de 2019, y ya he escrito a todos.",
    "pl": "To było 77,7% w marcu 2019 i napisałem już do wszystkich.",
}


def sample() -> list[dict[str, Any]]:
    """Fifteen questions of each language, of all intents, from the half that may be looked at."""
    lines = [json.loads(line) for line in (HERE / "tuned.jsonl").read_text("utf-8").splitlines()]
    found: list[dict[str, Any]] = []
    for _, some in groupby(sorted(lines, key=lambda one: str(one["language"])), key=lambda one: one["language"]):
        alone = [one for one in some if "thread" not in one]
        found += alone[:: len(alone) // 15][:15]
    return found


class HalfWrong:
    """A model that at every turn does what fits the question, or, as often, one of the things that models do wrong."""

    def __init__(self, one: dict[str, Any]) -> None:
        self._text, self._language, self._expect = one["text"], one["language"], one["expect"]

    def __call__(self, asked: Asked) -> Turn:
        chance = crc32(f"{self._text} {len(asked.messages)}".encode())
        wrong = (
            say(INVENTED[self._language]), call("measure", {"metric": "happiness"}), call("run_sql", {"sql": "77"}),
            call("measure", {"metric": "new_customers", "filters": ["country=ES"]}), turns.fail(), say(INVENTED["en"]),
            call_as_text("measure", {"metric": "mrr", "period": "in 2019"}), call("measure", '{"metric": '),
        )  # fmt: skip
        return wrong[chance // 2 % len(wrong)] if chance % 2 else self._right(asked)

    def _right(self, asked: Asked) -> Turn:
        results = asked.results
        figures = json.loads(results[-1])[0].get("figures") if results and results[-1].startswith("[{") else None
        if not figures:
            query = self._expect
            measured = query["metric"] if isinstance(query.get("metric"), str) else "churn_rate"
            period = {} if results else {"period": self._text}
            return call(
                "measure",
                {"metric": measured, "by": query.get("by", []), "filters": query.get("filters", {}), **period},
            )
        row = figures[0]["rows"][0]
        figure = f"{row['part']} {OF[self._language]} {row['whole']}" if "part" in row else f"{row.get('value', 0):.0f}"
        return say(IN_ALL[self._language].format(figure))


@pytest.mark.slow
def test_of_a_model_that_is_wrong_half_of_the_time_only_what_is_borne_out_reaches_anybody(tmp_path: Path) -> None:
    """What it invents is never posted, whatever it does is answered, and its own answers measure what was asked."""
    engines: Counter[str] = Counter()
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        bot: Bot = opened(records)
        asked = sample()
        assert len(asked) == 60
        for one in asked:
            rules, answer = bot.by_rules(one["text"]), bot.answer(one["text"], HalfWrong(one))
            engines[answer.engine] += 1
            assert answer.text.strip(), one["id"]
            assert answer.error == rules.error, one["id"]
            assert "77" not in answer.text or "77" in rules.text, one["id"]
            if answer.engine == "rules" and rules.evidence:
                assert told(answer).text == told(rules).text, one["id"]
                assert answer.evidence == rules.evidence, one["id"]
            if answer.engine == "agent":
                assert not bot.service.unfounded(answer.text, answer.evidence), one["id"]
                figures = [row for each in rules.evidence if each.role == "main" for row in each.rows]
                assert all(row in [row for each in answer.evidence for row in each.rows] for row in figures), one["id"]
    assert engines["agent"] >= 5
    assert engines["rules"] >= 20
