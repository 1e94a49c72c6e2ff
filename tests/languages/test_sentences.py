"""What a language says: its forms of numbers, dates, money and lists, and that the files agree."""

import ast
import re
import string
from datetime import date
from pathlib import Path

import pytest

from bot.errors import OurFault
from bot.language import available, load
from bot.language.phrasing import SENTENCES
from bot.metrics import catalogue
from bot.metrics.segments import SEGMENTS
from bot.types import Grain, Intent, Unit, Window

ROOT = Path(__file__).parents[2]
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH, name="month")


def places(sentence):
    """The places of a sentence, with their formats."""
    return {(name, (form or "text").lower()) for _, name, form, _ in string.Formatter().parse(sentence) if name}


def leaves(table, path=()):
    """Every value of nested tables with its path."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


@pytest.mark.parametrize("section", SENTENCES)
def test_all_languages_say_the_same_sentences_with_the_same_places(section):
    english = load("en").data[section]
    for code in available():
        other = load(code).data[section]
        assert set(other) == set(english), code
        for key, sentence in english.items():
            assert {name for name, _ in places(other[key])} == {name for name, _ in places(sentence)}, (code, key)


@pytest.mark.parametrize("code", available())
def test_every_place_has_a_format_that_exists(code):
    language = load(code)
    known = set(language._forms) | set(language.data["plurals"])
    for section in SENTENCES:
        for key, sentence in language.data[section].items():
            assert {form for _, form in places(sentence)} <= {form.lower() for form in known}, (code, key)


@pytest.mark.parametrize("code", available())
def test_no_noun_hides_a_format(code):
    language = load(code)
    assert not set(language.data["plurals"]) & set(language._forms)


@pytest.mark.parametrize("code", available())
def test_every_id_has_a_printed_name(code):
    names = load(code).data["names"]
    metrics = catalogue()
    assert set(metrics) <= set(names["metrics"])
    assert {dimension for metric in metrics.values() for dimension in metric.by} <= set(names["dimensions"])
    assert set(SEGMENTS) <= set(names["segments"])
    assert {unit.value for unit in Unit} <= set(names["units"])
    assert {intent.value for intent in Intent} <= set(names["intents"])
    for metric in metrics.values():
        assert {*metric.keys, *metric.by} - set(names["dimensions"]) == set(), metric.name
        for name, values in metric.variants.items():
            if len(values) > 1:
                words = names["variants"].get(name, {})
                assert "any" in words or set(values) <= set(words), (metric.name, name)


def test_all_languages_name_the_same_things():
    english = {path for path, _ in leaves(load("en").data["names"])}
    for code in available():
        assert {path for path, _ in leaves(load(code).data["names"])} == english, code


@pytest.mark.parametrize("code", available())
def test_words_are_heard_for_ids_that_exist(code):
    data = load(code).data
    hears = data["hears"]
    metrics = {name.partition("?")[0] for name in hears["metrics"]}
    metrics |= {choice.partition("?")[0] for entry in hears["ambiguous"].values() for choice in entry["choices"]}
    assert metrics <= set(data["names"]["metrics"])
    assert set(hears["dimensions"]) <= set(data["names"]["dimensions"])
    assert set(hears["segments"]) <= set(data["names"]["segments"])
    assert set(hears["near"]) <= set(catalogue())


@pytest.mark.parametrize("code", available())
def test_no_phrase_names_two_metrics(code):
    language = load(code)
    seen = {}
    for name, phrases in language.data["hears"]["metrics"].items():
        for phrase in phrases:
            assert seen.setdefault(phrase, name) == name, phrase


def said_keys():
    """Keys that the code says as constants: say("..."), Note("..."), and the errors for a person."""
    speakers = {"say", "Note", "BadQuestion", "BadData", "NotAllowed", "Unavailable", "BadWorkspace"}
    for path in (ROOT / "bot" / "engines").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in speakers and isinstance(node.args[0].value, str):
                    yield path.name, node.args[0].value


@pytest.mark.parametrize("code", available())
def test_every_sentence_that_the_engines_say_exists(code):
    keys = load(code).keys
    missing = sorted({(file, key) for file, key in said_keys() if key not in keys})
    assert missing == []


@pytest.mark.parametrize(
    ("code", "form", "value", "more", "text"),
    [
        ("en", "percent", 0.085, {}, "8.5%"),
        ("fr", "percent", 0.085, {}, "8,5 %"),
        ("en", "percent", 0.05, {}, "5.0%"),
        ("en", "points", -0.021, {}, "2.1 points"),
        ("fr", "points", 0.015, {}, "1,5 point"),
        ("fr", "points", 0.021, {}, "2,1 points"),
        ("en", "signed_points", -0.021, {}, "−2.1 points"),
        ("en", "signed_points", -0.0004, {}, "+0.0 points"),
        ("en", "money", 1234.5, {"currency": "EUR"}, "€1,234.50"),
        ("fr", "money", 1234.5, {"currency": "EUR"}, "1 234,50 €"),
        ("fr", "rounded_money", 1234.5, {"currency": "EUR"}, "1 234 €"),
        ("en", "interval", (0.034, 0.073), {}, "3.4 to 7.3%"),
        ("fr", "interval", (0.034, 0.073), {}, "3,4 à 7,3 %"),
        ("en", "count", 12345, {}, "12,345"),
        ("en", "customers", 1, {}, "1 customer"),
        ("fr", "customers", 0, {}, "0 client"),
        ("fr", "customers", 2, {}, "2 clients"),
        ("fr", "day", date(2026, 10, 1), {}, "1er octobre 2026"),
        ("en", "day", date(2026, 3, 3), {}, "3 March 2026"),
        ("en", "window", OCTOBER, {}, "October 2026"),
        ("fr", "during", OCTOBER, {}, "en octobre 2026"),
        (
            "fr",
            "window",
            Window(date(2026, 11, 2), date(2026, 11, 9), Grain.WEEK),
            {},
            "la semaine du 2 au 8 novembre 2026",
        ),
        (
            "en",
            "window",
            Window(date(2026, 10, 11), date(2026, 11, 10), name="last_n_days"),
            {},
            "the 30 days to 9 November 2026",
        ),
        (
            "fr",
            "window",
            Window(date(2026, 11, 1), date(2026, 11, 10), Grain.MONTH, name="to_date", complete=False),
            {},
            "novembre 2026, jusqu’au 9",
        ),
        ("en", "window", Window(date(2026, 7, 1), date(2026, 10, 1)), {}, "Q3 2026"),
        ("en", "window", Window(date(2025, 11, 1), date(2026, 11, 1)), {}, "November 2025 to October 2026"),
        ("fr", "value", "FR", {"dimension": "country"}, "France"),
        ("fr", "values", ("annual", "monthly"), {"dimension": "interval"}, "annuel et mensuel"),
        ("en", "filters", (("country", ("FR",)), ("interval", ("annual",))), {}, "France, annual"),
        ("en", "Metric", "churn_rate", {}, "Churn rate"),
        ("fr", "metrics", ("mrr", "nps"), {}, "MRR et NPS"),
        ("en", "figure", 0.5, {"unit": "share"}, "50.0%"),
        ("en", "figure", 32, {"unit": "points"}, "32"),
        ("en", "difference", -3.5, {"unit": "points"}, "3.5 points"),
        ("fr", "figure", 2.5, {"unit": "days"}, "2,5 jours"),
    ],
)
def test_a_value_is_said_in_the_form_of_the_language(code, form, value, more, text):
    said = load(code)._fill("test", "{it:" + form + "}", {"it": value, **more})
    assert said.replace("\u202f", " ").replace("\u00a0", " ") == text


def test_french_figures_hold_together_at_line_ends():
    said = load("fr").say("value_level", metric="mrr", window=OCTOBER, value=1234.5, unit="money", currency="EUR")
    assert "1\u202f234,50\u00a0€" in said
    assert "\u00a0:" in said


def test_an_unknown_sentence_is_our_fault():
    with pytest.raises(OurFault, match="no sentence"):
        load("en").say("no_such_sentence")


def test_a_missing_value_is_our_fault():
    with pytest.raises(OurFault, match="needs 'metric'"):
        load("en").say("value_none", window=OCTOBER)


def test_a_missing_currency_is_our_fault():
    with pytest.raises(OurFault, match="currency"):
        load("en").say("value_level", metric="mrr", window=OCTOBER, value=5, unit="money")


def test_an_unknown_language_is_our_fault():
    with pytest.raises(OurFault):
        load("xx")


def test_french_sets_its_marks_apart_with_spaces_that_do_not_break():
    data = load("fr").data
    said = {section: data[section] for section in (*SENTENCES, "definitions")}
    loose = [path for path, text in leaves(said) if re.search(r" [:;!?»%]|« ", str(text))]
    assert loose == []


def test_the_catalogue_and_the_printed_names_are_one_list():
    """A name for what cannot be measured would promise it; a metric or segment without a name could not be said."""
    for code in available():
        names = load(code).data["names"]
        assert set(names["metrics"]) == set(catalogue())
        assert set(names["segments"]) >= set(SEGMENTS)
