"""Where the language model is and what it may cost are read from the settings, all that is wrong with them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadWorkspace
from bot.language import available, load
from bot.language.refused import said
from bot.settings import OPENAI_URL, Environment, Workspace, read_workspace
from bot.types import USUAL_RATE, Endpoint, Limits, Rate


def environment(**settings: str) -> Environment:
    """An environment with nothing else in it."""
    return Environment(_env_file=None, **settings)  # type: ignore[call-arg,arg-type] # pydantic-settings takes it


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAINSTAY_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def workspace(tmp_path: Path, tables: str) -> Workspace:
    """A workspace file with these tables beside its data."""
    path = tmp_path / "workspace.toml"
    path.write_text(f'[data]\nurl = "demo:"\n{tables}')
    return read_workspace(path)


def agent(tmp_path: Path, table: str) -> Limits:
    """The limits of a workspace file with this [agent]."""
    return workspace(tmp_path, f"[agent]\n{table}").agent.settled()


def gaps(fault: pytest.ExceptionInfo[BadWorkspace]) -> list[str]:
    return [gap.key for gap in fault.value.values["gaps"]]


def test_the_brands_voice_is_said_for_all_languages_and_for_each(tmp_path: Path) -> None:
    path = tmp_path / "workspace.toml"
    path.write_text('[data]\nurl = "demo:"\n[brand.voice]\navoid = ["a"]\n[brand.voice.fr]\nsignature = "S"\n')
    found = read_workspace(path).brand.voice
    assert (found[""].avoid, found["fr"].signature, found["fr"].avoid) == (["a"], "S", [])
    path.write_text('[data]\nurl = "demo:"\n[brand.voice]\navoids = ["a"]\n[brand.voice.fr]\nsign = "S"\n')
    with pytest.raises(BadWorkspace) as fault:
        read_workspace(path)
    told = [(one.key, one.values["where"], one.values["near"][0]) for one in fault.value.values["gaps"]]
    unknown = "gap_setting_unknown"
    assert told == [(unknown, "brand.voice.avoids", "avoid"), (unknown, "brand.voice.fr.sign", "signature")]


def test_without_a_models_name_there_is_none_whatever_keys_there_are() -> None:
    """A key for another program sends none of the company's figures anywhere."""
    assert environment().endpoint() is None
    assert environment(openai_api_key="sk-x", openai_base_url="ftp://x").endpoint() is None
    assert environment(mainstay_model="").endpoint() is None


@pytest.mark.parametrize(
    "url", [OPENAI_URL, "https://acme.openai.azure.com/openai/v1", "http://127.0.0.1:11434/v1", "http://[::1]:8000/v1/"]
)
def test_an_endpoint_is_a_url_a_model_and_a_key(url: str) -> None:
    found = environment(mainstay_model="any", openai_base_url=url, openai_api_key="sk-x").endpoint()
    assert found == Endpoint(url, "any", "sk-x")


def test_openai_is_where_no_other_address_is_named() -> None:
    assert environment(mainstay_model="any", openai_api_key="sk-x").endpoint() == Endpoint(OPENAI_URL, "any", "sk-x")


def test_a_server_of_ones_own_needs_no_key_and_openai_does() -> None:
    url = "http://127.0.0.1:11434/v1"
    assert environment(mainstay_model="any", openai_base_url=url).endpoint() == Endpoint(url, "any")
    with pytest.raises(BadWorkspace) as fault:
        environment(mainstay_model="any", openai_api_key="").endpoint()
    assert gaps(fault) == ["gap_model_key"]


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8000/v1", "ftp://host/v1", "file:///etc/passwd", "https://", "https:///v1", "http://host:port/v1",
        "http://host:99999/v1", "https://ann:secret@host/v1", "https://host/v1?api-version=1", "https://host/v1#x",
        "https://ho st/v1", "https://host\n/v1", "https://hôte/v1", "http:\\\\host",
    ],
)  # fmt: skip
def test_an_address_of_another_kind_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadWorkspace) as fault:
        environment(mainstay_model="any", openai_base_url=url, openai_api_key="sk-x").endpoint()
    assert gaps(fault) == ["gap_model_url"]
    assert "secret" not in str(fault.value)


def test_all_that_is_wrong_is_said_at_once_in_every_language_and_without_the_key() -> None:
    key = "sk-secret with a blank"
    with pytest.raises(BadWorkspace) as fault:
        environment(mainstay_model="any", openai_base_url="host", openai_api_key=key).endpoint()
    for code in available():
        lines = said(load(code), fault.value.key, fault.value.values).splitlines()
        assert len(lines) == 3
        assert "OPENAI_BASE_URL" in lines[1]
        assert "OPENAI_API_KEY" in lines[2]
        assert "secret" not in "".join(lines)


@pytest.mark.parametrize("key", ["sk-x\n", "sk x", "sk-é", "\tsk"])
def test_a_key_that_no_header_could_carry_is_refused(key: str) -> None:
    with pytest.raises(BadWorkspace) as fault:
        environment(mainstay_model="any", openai_api_key=key).endpoint()
    assert gaps(fault) == ["gap_model_key_form"]


def test_the_key_is_not_shown_with_the_settings() -> None:
    settings = environment(mainstay_model="any", openai_api_key="sk-hushed")
    assert "hushed" not in repr(settings) + str(settings) + settings.model_dump_json() + repr(settings.endpoint())


def test_limits_are_those_of_the_file_and_else_the_usual_ones(tmp_path: Path) -> None:
    assert agent(tmp_path, "") == Limits()
    assert agent(tmp_path, "steps = 3\nseconds = 20\nmoney = 0.1\nprice_in = 2.0\nprice_out = 8") == Limits(
        steps=3, seconds=20.0, money=0.1, price_in=2.0, price_out=8.0
    )


@pytest.mark.parametrize(
    ("table", "key", "values"),
    [
        ("steps = 0", "gap_setting_bad", {"where": "agent.steps", "value": "0"}),
        ("seconds = 3", "gap_setting_bad", {"where": "agent.seconds", "value": "3"}),
        ("money = -1.0", "gap_setting_bad", {"where": "agent.money", "value": "-1.0"}),
        ("price_in = inf", "gap_setting_bad", {"where": "agent.price_in", "value": "inf"}),
        (
            "person_tokens = 5000",
            "gap_limit_order",
            {"where": "agent", "limit": "agent.person_tokens", "narrower": "agent.tokens"},
        ),
        (
            "workspace_money = 1.0\nperson_money = 2.0\nprice_in = 1.0",
            "gap_limit_order",
            {"where": "agent", "limit": "agent.workspace_money", "narrower": "agent.person_money"},
        ),
        (
            "money = 1.0\nworkspace_money = 2.0",
            "gap_limit_prices",
            {"where": "agent", "limits": ["money", "workspace_money"]},
        ),
    ],
)
def test_a_limit_that_cannot_be_is_named(tmp_path: Path, table: str, key: str, values: dict[str, object]) -> None:
    with pytest.raises(BadWorkspace) as fault:
        agent(tmp_path, table)
    (gap,) = fault.value.values["gaps"]
    assert (gap.key, gap.values) == (key, values)
    for code in available():
        assert len(said(load(code), fault.value.key, fault.value.values).splitlines()) == 2


def test_how_fast_people_may_ask_is_set_in_the_file_and_else_as_usual(tmp_path: Path) -> None:
    assert workspace(tmp_path, "").limits.settled() == USUAL_RATE
    set_ = "[limits]\nperson_questions = 5\nworkspace_questions = 5\nminutes = 1"
    assert workspace(tmp_path, set_).limits.settled() == Rate(5, 5, 1)
    with pytest.raises(BadWorkspace) as fault:
        workspace(tmp_path, "[limits]\nperson_questions = 601")
    (gap,) = fault.value.values["gaps"]
    assert gap.key == "gap_limit_order"
    assert gap.values["narrower"] == "limits.person_questions"
