"""Every article is whole, names only what exists, and repeats no claim that nobody can prove."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.language import available
from bot.metrics import catalogue
from bot.playbook import Text, load

ROOT = Path(__file__).parents[2]
PLAYS = {play.id: play for play in load(ROOT / "knowledge")}
TEXTS = {f"{text.language}/{play.id}.md": text for play in PLAYS.values() for text in play.texts.values()}
"""All articles by file. One test looks at all of them, and names the files with a fault: a test an article costs more
than what it looks at."""
CHAPTERS = {
    "foundations": 8, "campaigns": 12, "strategies": 6, "practices": 5, "success": 7, "relationship": 8, "targeting": 5,
    "channels": 10, "measurement": 7, "challenges": 4,
}  # fmt: skip

CLAIMS = {
    "CL01": r"60\D{1,6}70 ?%|5\D{1,6}20 ?%",
    "CL02": r"(10|ten|dix|diez|dziesięć|5\D{1,6}25|five to twenty-five) (times|fois|veces|razy)|1:10",
    "CL03": r"[36][.,](32|71)|bottom line|(about|environ|cerca de|około) 7 ?%",
    "CL04": r"twice as (powerful|effective|strong)|deux fois plus (puissant|efficace|fort)"
    r"|(dos veces|el doble de) (más )?(potente|eficaz|fuerte)|(dwa razy|dwukrotnie) (bardziej )?(skuteczn|siln|mocn)",
    "CL05": r"67 ?%|two thirds more|deux tiers de plus|dos tercios más|o dwie trzecie więcej",
    "CL06": r"(3|three)\D{1,4}(5|five) times|(3|trois)\D{1,4}(5|cinq) fois"
    r"|(3|tres)\D{1,4}(5|cinco) veces|(3|trzy|trzech)\D{1,4}(5|pięć|pięciu) razy",
    "CL07": r"\b16 ?%",
    "CL08": r"\b37 ?%|18 ?% (less|menos|mniej)",
    "CL09": r"(6|six|seis|sześć) (times|fois|veces|razy)",
    "CL10": r"best[- ]performing|(most effective|le plus efficace|le plus performant)"
    r"|(el|la) más efica[zc]|najskuteczniejsz",
    "CL11": r"more than three channels|plus de trois canaux|más de tres canales|więcej niż trzech kanał",
    "CL12": r"(paus|modif)\w*.{0,60}(churn|leave|résili\w+|part\w*|attrition).{0,20}(less|lower|moins)"
    r"|paus\w*.{0,60}(se van|cancelan|abandonan) menos|(pauz|wstrzym)\w*.{0,60}(odchodz|rezygnuj)\w* rzadziej",
    "CL13": r"(loyalty programmes?|programmes? de fidélité) (raise|lift|increase|augmente|améliore)"
    r"|programas? de (fidelización|lealtad) (aumenta|sube|mejora)|programy? lojalnościow[ey] (podnos|zwiększ|popraw)",
    "CL14": r"cheaper (to keep|than (acqui|win|find))|moins cher (de|que d.) ?(garder|fidéliser|acquérir|conquérir)"
    r"|(loyal customers|clients fidèles) (spend|buy|dépensent|achètent) (more|plus|davantage)"
    r"|más barato (retener|fidelizar|conservar|que captar)|clientes fieles (gastan|compran) más"
    r"|taniej (utrzymać|zatrzymać|niż pozyska)|(lojalni|wierni|stali) klienci (wydają|kupują) więcej",
    "CL15": r"\b1 ?% (better|less|lower|de moins|de mieux|menos|más|mniej|więcej).{0,30}(huge|énorme|enorme|ogromn)",
    "CL16": r"\b(7|seven|sept|siete|siedem|30|thirty|trente|treinta|trzydzieści) (days?|jours|días|dni).{0,40}"
    r"((planner|planning|communication|messag)\w* (product|produit)"
    r"|(producto|herramienta) de (planificación|mensajería|comunicación)"
    r"|(produkt|narzędzi)\w* do (planowania|komunikacji))",
    "CL17": r"(very|extremely|très|extrêmement) (hard|difficiles?) (to win|à (regagner|reconquérir|récupérer))"
    r"|(muy|extremadamente) difícil(es)? de recuperar|(bardzo|niezwykle) trudno (ich )?odzyskać"
    r"|20[.,]1 ?%|\b9[.,]0 ?%|\b5[.,]2 ?%",
}
"""Phrases in which a claim of doubtful origin would be told as a fact, by its id in the register."""

SAID_ELSEWHERE = (
    ("CL02", "Retener cuesta diez veces menos."),
    ("CL02", "Utrzymanie klienta jest dziesięć razy tańsze."),
    ("CL04", "La retención es el doble de eficaz."),
    ("CL04", "Retencja jest dwa razy skuteczniejsza."),
    ("CL05", "Gastan dos tercios más."),
    ("CL05", "Wydają o dwie trzecie więcej."),
    ("CL06", "Convierten de 3 a 5 veces mejor."),
    ("CL06", "Konwertują od trzech do pięciu razy lepiej."),
    ("CL08", "Abandonan un 18\u00a0% menos."),
    ("CL09", "Se activan seis veces más."),
    ("CL09", "Aktywują się sześć razy częściej."),
    ("CL10", "Es el más eficaz de nuestros mensajes."),
    ("CL10", "To nasza najskuteczniejsza wiadomość."),
    ("CL11", "La gente usa más de tres canales."),
    ("CL11", "Ludzie używają więcej niż trzech kanałów."),
    ("CL12", "Con la pausa, los clientes se van menos."),
    ("CL12", "Klienci z pauzą odchodzą rzadziej."),
    ("CL13", "Los programas de fidelización aumentan la recompra."),
    ("CL13", "Programy lojalnościowe zwiększają sprzedaż."),
    ("CL14", "Es más barato retener que captar."),
    ("CL14", "Taniej utrzymać klienta."),
    ("CL15", "1\u00a0% más de retención tiene un efecto enorme."),
    ("CL15", "1% mniej odpływu to ogromna różnica."),
    ("CL16", "Siete días para un producto de planificación."),
    ("CL16", "30 dni dla narzędzia do planowania."),
    ("CL17", "Son muy difíciles de recuperar."),
    ("CL17", "Bardzo trudno ich odzyskać."),
)

SAID = {
    "CL01": "The chance to sell to an existing customer is 60-70%.",
    "CL02": "Keeping a customer is ten times cheaper.",
    "CL03": "One point of churn is worth 6.71% of profit.",
    "CL04": "La rétention est deux fois plus efficace.",
    "CL05": "They spend 67% more.",
    "CL06": "Ils se convertissent 3 à 5 fois mieux.",
    "CL07": "Referred customers are worth 16% more.",
    "CL08": "Leur rétention est supérieure de 37 %.",
    "CL09": "Webinar guests activate six times more often.",
    "CL10": "It is our best-performing message.",
    "CL11": "People use more than three channels.",
    "CL12": "Customers who may pause churn far less.",
    "CL13": "Loyalty programmes raise the repeat rate.",
    "CL14": "Il coûte moins cher de garder un client.",
    "CL15": "1% better retention makes a huge difference.",
    "CL16": "Take 7 days for a planning product.",
    "CL17": "Former customers are very hard to win back.",
}


def everything(text: Text) -> str:
    """All that a person could read of an article, with plain spaces and apostrophes."""
    whole = "\n".join([whole_of(text), *text.asked_as])
    return re.sub("[\u00a0\u202f]", " ", whole).replace("’", "'")


def test_there_are_72_plays_in_ten_chapters_and_each_speaks_every_language_of_the_bot() -> None:
    """Six strategies and five practices, as they are known; the other chapters may grow."""
    assert len(PLAYS) == 72
    assert Counter(play.chapter for play in PLAYS.values()) == CHAPTERS
    assert {play.id for play in PLAYS.values() if set(play.texts) != set(available())} == set()


def test_plays_name_only_metrics_of_the_catalogue() -> None:
    load(ROOT / "knowledge", metrics=catalogue())


def test_plays_name_only_segments_that_have_a_name() -> None:
    names = tomllib.loads((ROOT / "bot/language/en.toml").read_text(encoding="utf-8"))["names"]["segments"]
    assert {name: unknown for name, play in PLAYS.items() if (unknown := set(play.segments) - set(names))} == {}


def test_signals_speak_of_dimensions_and_variants_their_metric_has() -> None:
    """A signal on a dimension nobody can ask for would never fit a finding; `reason` may come from churn_reasons."""
    metrics = catalogue()
    for play in PLAYS.values():
        for signal in play.signals:
            known = {*metrics[signal.metric].by, *metrics[signal.metric].variants, "reason"}
            assert {name for name, _ in signal.where} <= known, (play.id, signal)


def test_a_play_says_where_it_comes_from() -> None:
    for play in PLAYS.values():
        assert play.sources, play.id
        for source in play.sources:
            assert source.status, (play.id, source)
            assert source.claim in {"", *CLAIMS}, (play.id, source)


def test_an_article_is_neither_a_note_nor_a_book() -> None:
    lengths = {file: sum(len(section.split()) for section in text.sections.values()) for file, text in TEXTS.items()}
    assert {file: words for file, words in lengths.items() if not 330 <= words <= 700} == {}


def test_steps_are_a_numbered_list() -> None:
    for file, text in TEXTS.items():
        lines = text.sections["steps"].splitlines()
        assert [line.split(".")[0] for line in lines] == [str(n) for n in range(1, len(lines) + 1)], file
        assert 5 <= len(lines) <= 9, file


def test_no_article_tells_a_claim_of_the_register_as_a_fact() -> None:
    found = [
        (file, claim, hit[0])
        for file, text in TEXTS.items()
        for claim, pattern in CLAIMS.items()
        if (hit := re.search(pattern, everything(text), re.IGNORECASE))
    ]
    assert found == []


@pytest.mark.parametrize(("claim", "said"), [*SAID.items(), *SAID_ELSEWHERE])
def test_the_watch_for_a_claim_would_see_it(claim: str, said: str) -> None:
    assert set(SAID) == set(CLAIMS)
    assert re.search(CLAIMS[claim], said.replace("\u00a0", " "), re.IGNORECASE)


def test_no_article_uses_a_word_that_means_something_else() -> None:
    """The French word for grazers means fraudsters online; a bucket is no customer base."""
    other = (
        r"brouteu|seau percé|sur la route|cher client|dear customer"
        r"|cubo con fugas|dziurawe wiadro|estimado cliente|(szanowny|drogi) kliencie"
    )
    assert seen(other, everything, TEXTS) == []


def seen(pattern: str, part: Callable[[Text], str], texts: Mapping[str, Text], flags: int = re.IGNORECASE) -> list:
    """Where a pattern is found: file and words."""
    return [(file, hit[0]) for file, text in texts.items() if (hit := re.search(pattern, part(text), flags))]


def of(language: str) -> dict[str, Text]:
    return {file: text for file, text in TEXTS.items() if text.language == language}


def whole_of(text: Text) -> str:
    """What is printed of an article: without the phrases people type."""
    return "\n".join([text.title, *text.sections.values()])


def test_french_text_says_vous_and_is_set_as_french() -> None:
    """No tu, curly apostrophes, no-break spaces before double marks: what a French reader expects."""
    french = of("fr")
    assert seen(r"\b(tu|te|toi|(?<!le )(?<!un )ton|ta|tes)\b", whole_of, french) == []
    assert seen(r"'|[^\W\d_] [:;!?»]|« |\d [%€]|\d \d{3}\b", whole_of, french) == []


def test_spanish_text_says_tu_and_is_set_as_spanish() -> None:
    """No usted, no guessed gender, opening marks, « » and a no-break space before % and €."""
    spanish = of("es")
    assert seen(r"\b(usted(es)?|vosotr[oa]s|vuestr[oa]s?)\b|\w[oa]/[oa]\b|\w@", whole_of, spanish) == []
    assert seen(r"(^|[.;:] )[^¿\n.;:]*\?|(^|[.;:] )[^¡\n.;:]*!", whole_of, spanish, re.MULTILINE) == []
    assert seen(r"[“”\"']|\d ?[%€]|\d\.\d{1,2}\b|\d,\d{3}\b", whole_of, spanish) == []


def test_polish_text_is_set_as_polish() -> None:
    """„Quotes”, a decimal comma, % without a space, and in the text no word of one letter alone at a line's end."""
    polish = of("pl")
    assert seen(r"[“«»\"']|\d[ \u00a0]%|\d\.\d|\d \d{3}\b|\d ?zł", whole_of, polish) == []
    assert [file for file, text in polish.items() if whole_of(text).count("„") != whole_of(text).count("”")] == []
    below_title = r"(?<![\w{|])[wziouaWZIOUA] (?=\w)"
    assert seen(below_title, lambda text: whole_of(text).partition("\n")[2], polish, 0) == []
    assert seen(r"\b(Państwo|Państwa|Pan|Pani)\b|\wł(eś|aś)\b", whole_of, polish, 0) == []


def test_examples_are_written_anew_for_their_readers() -> None:
    """The numbers of an example are not those of another language, nor its town, nor its currency.

    The reading of a test is the exception: it is arithmetic, and the same everywhere.
    """
    for play in PLAYS.values():
        examples = {language: text.sections["example"] for language, text in play.texts.items()}
        towns = set(re.findall(r"\b(?:in|of) ([A-Z][a-z]+)", examples["en"]))
        for language in set(examples) - {"en"}:
            assert not re.search(r"dollar|\$|£|dólar", examples[language]), (play.id, language)
            if play.id != "measure-with-holdout":
                assert not [town for town in towns if town in examples[language]], (play.id, language)
        if play.id != "measure-with-holdout":
            assert len({tuple(figures(example)) for example in examples.values()}) == len(examples), play.id


def figures(text: str) -> list[str]:
    return re.findall(r"\d[\d,.\u202f]*", text)


def test_asked_as_phrases_point_to_one_play_and_are_not_test_questions(questions: dict) -> None:
    """A phrase under two plays would be a coin toss, and one of the test's own questions a cheat."""
    phrases = [phrase for play in PLAYS.values() for text in play.texts.values() for phrase in text.asked_as]
    assert len(phrases) == len(set(phrases))
    tables = [*(questions[code] for code in available()), *questions["held"].values(), *questions["first"].values()]
    asked = {question for table in tables for group in table.values() for question in group}
    assert not asked & set(phrases)
    titles = [text.title.lower() for play in PLAYS.values() for text in play.texts.values()]
    assert not [question for question in asked for title in titles if title in question.lower()]
