"""What comes from the environment: secrets and places, never definitions."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadWorkspace
from bot.types import Endpoint, Note

ROOT = Path(__file__).resolve().parents[2]
OPENAI_URL = "https://api.openai.com/v1"


class Environment(BaseSettings):
    """What comes from the environment (or `.env`): secrets and places, never definitions."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    slack_bot_token: str | None = Field(None, repr=False)
    slack_app_token: str | None = Field(None, repr=False)
    slack_signing_secret: str = Field("", repr=False)
    """With it and without an app token, Slack's requests are served, in place of Socket Mode."""
    slack_client_id: str = ""
    slack_client_secret: str = Field("", repr=False)
    """With both and a signing secret, the app is installed by OAuth in several workspaces of the company."""
    slack_api_url: str = "https://slack.com/api/"
    mainstay_listen: str | None = None
    """Where Slack's requests are served, and what others ask of the process: host:port. Without it Slack's alone are,
    on 127.0.0.1:3000, and in Socket Mode nothing."""
    mainstay_home: Path = ROOT / ".mainstay"
    """Where the playbook index, uploaded documents and the SQLite records live."""
    mainstay_records: str | None = Field(None, repr=False)
    """An SQLAlchemy URL; by default SQLite in `mainstay_home`."""
    mainstay_model: str | None = None
    """The language model of the agent; without it, no question leaves this machine, whatever keys there are."""
    mainstay_embedding: str | None = None
    """The model that turns the playbook and what is asked of it into vectors; without it, one inside this program."""
    openai_base_url: str | None = None
    openai_api_key: SecretStr | None = None
    mainstay_chroma: str | None = None
    """The address of a Chroma server for the playbook's index; by default a folder in `mainstay_home`."""

    @property
    def records_url(self) -> str:
        return self.mainstay_records or f"sqlite:///{self.mainstay_home / 'records.sqlite'}"

    @property
    def several(self) -> bool:
        """Whether the app is installed by OAuth, in as many workspaces as like it."""
        return bool(self.slack_client_id and self.slack_client_secret and self.slack_signing_secret)

    def of_team(self, team: str, records: str) -> Self:
        """The same for one workspace of several, with its own records (a URL) and a folder of its own."""
        home = self.mainstay_home / "teams" / team
        return self.model_copy(update={"mainstay_home": home, "mainstay_records": records})

    @property
    def listen(self) -> tuple[str, int]:
        """Host and port. Raises BadWorkspace."""
        host, colon, port = (self.mainstay_listen or "127.0.0.1:3000").rpartition(":")
        if not (host and colon and port.isascii() and port.isdigit() and int(port) < 2**16):
            raise BadWorkspace("listen_bad", address=self.mainstay_listen)
        return host.strip("[]"), int(port)

    def endpoint(self) -> Endpoint | None:
        """Where the agent's model is; None if there is none. Raises BadWorkspace with all that is wrong."""
        return self._endpoint(self.mainstay_model)

    def embedding(self) -> Endpoint | None:
        """Where the playbook's embeddings are; None if none leave this machine. Raises as `endpoint`."""
        return self._endpoint(self.mainstay_embedding)

    def chroma(self) -> str | None:
        """The address of the Chroma server, if there is one. Raises BadWorkspace."""
        if self.mainstay_chroma and not _is_base_url(self.mainstay_chroma):
            raise BadWorkspace("index_gaps", gaps=(Note("gap_chroma_url"),))
        return self.mainstay_chroma or None

    def _endpoint(self, model: str | None) -> Endpoint | None:
        if not model:
            return None
        url = self.openai_base_url or OPENAI_URL
        key = self.openai_api_key.get_secret_value() if self.openai_api_key else ""
        gaps = []
        if not _is_base_url(url):
            gaps.append(Note("gap_model_url"))
        if not key and url == OPENAI_URL:
            gaps.append(Note("gap_model_key"))
        if not (key.isascii() and key.isprintable()) or " " in key:
            gaps.append(Note("gap_model_key_form"))
        if gaps:
            raise BadWorkspace("model_gaps", gaps=tuple(gaps))
        return Endpoint(url, model, key)


def _is_base_url(url: str) -> bool:
    """Whether it is an http(s) address of a host and no more: no user, no password, no query."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    clean = url.isascii() and url.isprintable() and not set("@?# \\") & set(url)
    return parts.scheme in {"http", "https"} and named and clean
