"""The figures that a person states, with what they count."""

import pytest

from bot.language import load


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "you say 4.2 % and ChartMogul says 4.4%", [(4.2, "percent", False), (4.4, "percent", False)]),
        ("en", "what if churn fell by 10 percent?", [(10.0, "percent", True)]),
        ("en", "+1 point of retention", [(1.0, "points", True)]),
        ("en", "raise it by half a point", [(0.5, "points", True)]),
        ("en", "down 1,5 points", [(1.5, "points", False)]),
        ("en", "churn \u2212 2 points", [(-2.0, "points", True)]),
        ("en", "MRR of €12k, not $1,500.50", [(12_000.0, "money", False), (1_500.5, "money", False)]),
        ("en", "our top 5 of 1,250 customers in 2026", []),
        ("fr", "vous dites 4,2 % et ChartMogul 4.4 %", [(4.2, "percent", False), (4.4, "percent", False)]),
        ("fr", "si l'attrition baissait de 10 %", [(10.0, "percent", True)]),
        ("fr", "un demi-point de moins", [(0.5, "points", False)]),
        ("fr", "12 500 € de MRR, soit 1 250,50 €", [(12_500.0, "money", False), (1_250.5, "money", False)]),
        ("fr", "nos 1 250 clients de 2026", []),
    ],
)
def test_a_stated_figure_is_read_with_its_unit(code: str, text: str, expected: list[tuple[float, str, bool]]) -> None:
    language = load(code)
    tokens, _ = language.hear(text)
    found = [one.amount for one in language.amounts(text, tokens)]
    assert [(one.value, one.unit, one.step) for one in found] == expected
