"""Pictures of cohorts and curves: they show what the evidence holds, and colour nothing that is not final."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from bot.language import available, load
from bot.pictures import Painter, canvas, curves, heat
from bot.types import Answer, Evidence, Grain, Intent, Outcome, Query, Shape, Unit, Window

EN = load("en")
WINDOW = Window(date(2026, 5, 1), date(2026, 11, 1), Grain.RANGE)
MONTHS = [date(2026, month, 1).isoformat() for month in range(5, 11)]


def grid(sizes=(60, 80, 20, 50, 70, 40), **more):
    """A triangle of six cohorts: each loses a tenth of its beginners a month."""
    rows = [
        {"cohort": day, "age": age, "part": size * (10 - age) // 10, "whole": size, "value": (10 - age) / 10}
        for at, (day, size) in enumerate(zip(MONTHS, sizes, strict=True))
        for age in range(6 - at)
    ]
    return evidence(rows, "cohort_retention", Shape.GRID, ("cohort", "age", "part", "whole", "value"), **more)


def curve(names=("",), firm=8, **more):
    rows = [
        {"plan": name, "age": age, "value": 0.95**age, "at_risk": 100 - age, "firm": age < firm,
         "interval": [0.95**age - 0.03, 0.95**age + 0.03] if age else None}
        for name in names
        for age in range(12)
    ]  # fmt: skip
    query = Query(Intent.VALUE, metric="survival_curve", window=WINDOW, by=("plan",) if names[0] else ())
    return evidence(rows, "survival_curve", Shape.CURVE, ("plan", "age", "value"), query=query, **more)


def evidence(rows, metric, shape, columns, **more):
    values = {
        "id": "e1", "query": Query(Intent.VALUE, metric=metric, window=WINDOW), "role": "main", "unit": Unit.SHARE,
        "good": "up", "version": 1, "as_of": date(2026, 11, 10),
    }  # fmt: skip
    return Evidence(rows=tuple(rows), shape=shape, columns=columns, **{**values, **more})


def answer(*found):
    return Answer(Outcome.ANSWER, Intent.VALUE, "en", "…", evidence=found)


def painted(one, small=30):
    """The patches of a heat map: (column, row) → whether it is hatched."""
    cells, sizes = heat._cells(one, small), heat._sizes(one)
    _, axes = canvas.figure(5, 1.5, 1)
    heat._paint(axes, cells, sorted(sizes), sorted({age for _, age in cells}), EN)
    found = {(int(p.get_x()), int(p.get_y())): bool(p.get_hatch()) for p in axes.patches}
    return found, {text.get_text() for text in axes.texts}


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("shown", [grid(), curve(), curve(("Pro", "Starter"))])
def test_a_cohort_table_and_a_curve_are_pictures_with_words_for_who_does_not_see_them(code, shown):
    picture = Painter().draw(answer(shown), load(code))
    image = Image.open(io.BytesIO(picture.png))
    assert image.width == 1152
    assert picture.name.endswith(".png")
    assert load(code).name("metrics", shown.query.metric) in picture.alt
    assert len(picture.alt) <= 1_000


def test_a_cell_whose_time_is_not_over_stays_white_and_one_on_few_customers_is_hatched_without_a_number():
    found, numbers = painted(grid())
    assert set(found) == {(age, at) for at in range(6) for age in range(6 - at)}
    assert {place for place, hatched in found.items() if hatched} == {(age, 2) for age in range(4)}
    assert numbers == {"100%", "90%", "80%", "70%", "60%", "50%"}
    small, none = painted(grid(sizes=(60, 80, 20, 50, 70, 29)))
    assert small[0, 5]
    assert none == numbers


def test_what_the_evidence_lost_for_rights_is_not_drawn():
    cut = replace(grid(), rows=tuple(row for row in grid().rows if row["cohort"] != MONTHS[1]))
    assert len({row for _, row in painted(cut)[0]}) == 5


def test_a_table_of_nothing_but_small_cohorts_and_one_too_large_to_be_read_have_no_picture():
    assert Painter().draw(answer(grid(sizes=(9,) * 6)), EN) is None
    rows = [{"cohort": f"20{year}-{month:02}-01", "age": age, "part": 30, "whole": 40, "value": 0.75}
            for year in (24, 25, 26) for month in range(1, 13) for age in (0, 1)]  # fmt: skip
    assert Painter().draw(answer(replace(grid(), rows=tuple(rows))), EN) is None
    assert Painter().draw(answer(curve([f"plan {n}" for n in range(7)])), EN) is None
    assert Painter().draw(answer(), EN) is None


def test_a_curve_is_firm_as_far_as_its_estimate_and_its_words_say_the_last_firm_value():
    (line,) = curves._lines(curve(firm=7), EN, 30)
    assert line.firm == 7
    assert "73.5% at 6 months" in Painter().draw(answer(curve(firm=7)), EN).alt


def test_of_cohorts_by_group_a_line_ends_where_too_few_have_come():
    rows = [{**row, "plan": "Pro"} for row in grid().rows]
    rows += [{**row, "plan": "Starter", "whole": 12, "part": 6} for row in grid().rows]
    query = Query(Intent.VALUE, metric="cohort_retention", window=WINDOW, by=("plan",))
    one = replace(grid(), rows=tuple(rows), query=query, columns=("plan", *grid().columns))
    pro, starter = curves._lines(one, EN, 30)
    assert (pro.name, list(pro.ages)) == ("Pro", [0, 1, 2, 3, 4, 5])
    assert pro.values[5] == pytest.approx(0.5)
    assert (starter.name, list(starter.ages)) == ("Starter", [0, 1, 2, 3])


def test_a_dollar_in_a_name_is_no_formula():
    assert Painter().draw(answer(curve(("$10 plan", "$x_{$"))), EN) is not None


def test_several_threads_get_the_same_picture():
    painter = Painter()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: painter.draw(answer(grid()), EN).png, range(4)))
    assert len(set(made)) == 1


def test_drawing_loads_with_the_first_picture():
    code = "import sys, bot.pictures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0
