"""What docs/operation.md, the Dockerfile and compose.yaml name exists: files, paths, ports, settings and figures.

Nothing here has Docker: the files are read, and each name in them is held against what the program has.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import Environment
from bot.slack.manifest import EVENTS_PATH
from bot.vitals import MEANINGS, Figures

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operation.md").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
CADDY = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
SETTINGS = {name.upper() for name in Environment.model_fields}
BOTS = ("bot-1", "bot-2")


def test_two_bots_wait_for_migrated_records_and_the_proxy_for_ready_bots() -> None:
    services = COMPOSE["services"]
    for name in BOTS:
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert services["proxy"]["depends_on"][name] == {"condition": "service_healthy"}
        assert f"{name}:3000" in CADDY
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)


def test_every_volume_and_file_of_the_set_exists() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"], volume


def test_every_setting_of_the_set_is_one_of_the_programs_or_of_the_example_file() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8") + CADDY
    example = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    wanted = set(re.findall(r"\$\{([A-Z_]+)", text)) | set(re.findall(r"\{\$([A-Z_]+)", CADDY))
    assert wanted == {"POSTGRES_PASSWORD", "MAINSTAY_HOST"}
    assert wanted <= example
    for name in BOTS:
        assert set(COMPOSE["services"][name]["environment"]) <= SETTINGS
    for name in re.findall(r"`((?:MAINSTAY|SLACK|POSTGRES)_[A-Z_]+)`", PAGE):
        assert name in SETTINGS | wanted


def test_the_set_speaks_http_on_the_port_that_is_listened_to() -> None:
    settings = Environment(**{k.lower(): v for k, v in COMPOSE["services"]["bot-1"]["environment"].items()})
    assert settings.listen == ("0.0.0.0", 3000)  # noqa: S104 - in a container, where the proxy has to reach it
    assert not settings.slack_app_token
    assert settings.records_url.startswith("postgresql://mainstay:")
    assert "EXPOSE 3000" in DOCKERFILE
    assert EVENTS_PATH.startswith("/slack/")
    code = COMPOSE["services"]["bot-1"]["healthcheck"]["test"][-1]
    compile(code, "healthcheck", "exec")
    assert "http://127.0.0.1:3000/ready" in code


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_the_paths_of_the_page_are_those_that_are_served(path: str) -> None:
    assert f'"{path}":' in (ROOT / "bot" / "wiring" / "serving.py").read_text("utf-8")
    assert f"`{path}`" in PAGE


def test_the_image_is_built_from_what_is_there_and_may_be_sent() -> None:
    sent = (ROOT / ".dockerignore").read_text("utf-8").split()
    copied = [line.split()[1:-1] for line in DOCKERFILE if line.startswith("COPY")]
    for source in (one for line in copied for one in line):
        assert (ROOT / source).exists()
        assert f"!{source.partition('/')[0]}" in sent
    locks = [one for line in DOCKERFILE for one in re.findall(r"-r (\S+)", line)]
    assert locks == ["requirements/postgres.lock"]
    assert json.loads(DOCKERFILE[-1].removeprefix("ENTRYPOINT ")) == ["python", "app.py"]
    (user,) = (line.split()[1] for line in DOCKERFILE if line.startswith("USER"))
    assert user != "root"


def test_what_the_program_reads_beside_its_code_is_in_the_image() -> None:
    beside = set(
        re.findall(r'ROOT / "(\w[\w.-]*)"', "".join(one.read_text("utf-8") for one in ROOT.glob("bot/**/*.py")))
    )
    image = {one for line in DOCKERFILE if line.startswith("COPY") for one in line.split()[1:-1]}
    assert beside - {"tests", "docs", ".env", ".mainstay"} <= image


def test_every_figure_of_the_page_is_given_and_the_other_way_round() -> None:
    figures = Figures(lambda: dict.fromkeys(MEANINGS, 0.0))
    figures.ended("answer", "rules")
    figures.waited("repeated")
    given = generate_latest(figures.registry).decode()
    families = text_string_to_metric_families(given)
    names = {one.name for one in families if re.match(r"mainstay_(?!.*_created$)", one.name)}
    table = PAGE[: PAGE.index("## What to alert on")]
    assert {re.sub(r"_total$", "", one) for one in re.findall(r"`(mainstay_\w+)`", table)} == names
    alerts = set(re.findall(r"\bmainstay_\w+", PAGE[PAGE.index("## What to alert on") : PAGE.index("## Logs")]))
    assert {re.sub(r"_(total|bucket)$", "", one) for one in alerts} <= names


LINES = [line.strip() for line in PAGE.splitlines() if line.startswith("docker ")]


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_docker_names_services_of_the_set(line: str) -> None:
    words = shlex.split(line)
    assert words[:2] == ["docker", "compose"]
    assert words[2] in {"build", "up", "run", "exec", "stop"}
    known = set(COMPOSE["services"])
    if words[2] in {"run", "exec"}:
        assert [one for one in words if one in known]
    else:
        assert {one for one in words[3:] if not one.startswith("--")} <= known
