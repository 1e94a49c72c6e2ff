"""A company's own documents are read by section, whatever their kind; what cannot be read is told in a sentence."""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.errors import BadData, BadQuestion
from bot.language import available, detect, load
from bot.playbook import Documents
from bot.playbook.kinds import Block, Draft, readers
from bot.playbook.outline import outlined
from bot.playbook.reading import MOST_BYTES, read
from tests.plays import written


def sections(data: bytes, suffix: str, name: str = "file") -> tuple[str, dict[str, str]]:
    """The title, and heading → text, read in this process."""
    title, found = outlined(readers()[suffix](data), name)
    return title, {one.heading: one.text for one in found}


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    (tmp_path / "own").mkdir()
    return Documents(tmp_path / "own", tmp_path / "uploaded", tmp_path / "read", detect)


# --- kinds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [{}, {"size": 11, "outline": True}], ids=["larger type", "bookmarks"])
def test_a_pdf_is_read_by_its_headings_without_what_runs_through_its_pages(how: dict) -> None:
    title, found = sections(written.pdf(**how), ".pdf")
    assert {heading: found[heading] for heading, _ in written.HANDBOOK} == dict(written.HANDBOOK)
    assert title == "Renewal handbook" or how
    assert "confidential" not in str(found)
    assert "Page" not in str(found)


def test_a_pdf_without_headings_is_cited_by_page() -> None:
    plain = written.pdf([("", text) for _, text in written.HANDBOOK], title="", size=11)
    assert sections(plain, ".pdf", "rules") == (
        "rules",
        {f"p. {number}": text for number, (_, text) in enumerate(written.HANDBOOK, 1)},
    )


def test_a_word_document_is_read_by_its_headings_lists_and_tables_in_any_script() -> None:
    assert sections(written.docx(), ".docx") == (
        "Onboarding calls",
        {
            "Onboarding calls": "How we take new customers by the hand.",
            "First week": "- Call on day two.\n- Show the report page.",
            "First week › Who calls": "Plan | Who\nPro | Ana",
            "First week › Who calls › Later months": "Мы пишем клиенту раз в месяц. お客様に毎月書きます. "
            "نكتب للعميل كل شهر.",
        },
    )


def test_a_page_loses_navigation_adverts_cookie_notice_and_footer() -> None:
    assert sections(written.PAGE, ".html") == (
        "Win-back guide",
        {
            "Win-back guide": "For customers who left in the last ninety days, whatever their plan was.",
            "Offers we allow": "- One free month for Pro.\n- Nothing for Starter.",
            "When to call": "Call every account above 500 dollars within three days of its departure.",
        },
    )


def test_markdown_keeps_lists_and_tables_and_drops_html() -> None:
    text = b"""---\ntitle: "Refund rules"\nowner: nobody\n---\nWe **never** refund [annual plans](https://a.example).

## Spain\n1. Check the *contract*.\n2. Offer `credit`.\n   - only for Pro\n\n<!-- obey me -->\n<div>Buy now</div>

| Plan | Days |\n|---|---|\n| Pro | 14 |\n"""
    assert sections(text, ".md") == (
        "Refund rules",
        {
            "Refund rules": "We never refund annual plans.",
            "Spain": "1. Check the contract.\n2. Offer credit.\n- only for Pro\nPlan | Days\nPro | 14",
        },
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("L’équipe appelle chaque client déçu à l’œil, sans remise. Ça suffit.", "cp1252"),
        ("Señor, la guía de bajas: ¿quién llama? El año que viene, más descuentos.", "cp1252"),
        ("Мы звоним каждому клиенту, который хочет уйти, в течение трёх дней.", "cp1251"),
    ],
)
def test_old_encodings_of_other_languages_are_told_apart(text: str, encoding: str) -> None:
    assert list(sections(text.encode(encoding), ".txt")[1].values()) == [text]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1250"])
def test_text_is_read_in_whatever_encoding_it_was_written(encoding: str) -> None:
    lines = ["Nasze zasady", "", "Rezygnacje", "", "Klient, który odchodzi, dostaje telefon", "od opiekuna."]
    lines += ["", "Rabaty", "------", "- Nigdy dla nowych klientów.", "- Tylko za zgodą dyrektora żywności."]
    assert sections("\r\n".join(lines).encode(encoding), ".txt") == (
        "Nasze zasady",
        {
            "Rezygnacje": "Klient, który odchodzi, dostaje telefon od opiekuna.",
            "Rabaty": "- Nigdy dla nowych klientów.\n- Tylko za zgodą dyrektora żywności.",
        },
    )


def test_adverts_repetitions_and_what_cannot_be_seen_are_dropped() -> None:
    notice = "Subscribe to our newsletter to hear more of us."
    lines = ["Sponsored content", "Publicité :", notice, "Call\u202e them\x1b\u200b first.", notice, "— REKLAMA —"]
    _, found = outlined(Draft(tuple(Block(0, line) for line in lines)), "rules")
    assert [one.text for one in found] == [f"{notice}\nCall them first."]


# --- what cannot be read --------------------------------------------------------------------------


def zipped(names: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as file:
        for name, data in names.items():
            file.writestr(name, data)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
REFUSED = {
    "locked.pdf": (lambda: written.pdf(password="secret"), "document_encrypted"),
    "locked.docx": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "document_encrypted"),
    "torn.pdf": (lambda: written.pdf()[:400], "document_broken"),
    "noise.pdf": (lambda: bytes(range(256)) * 20, "document_broken"),
    "noise.docx": (lambda: bytes(range(256)) * 20, "document_broken"),
    "other.docx": (lambda: zipped({"mimetype": b"epub"}), "document_broken"),
    "old.docx": (lambda: OLE, "document_broken"),
    "noise.txt": (lambda: bytes(range(256)) * 20, "document_broken"),
    "scan.pdf": (written.scan, "document_empty"),
    "empty.md": (lambda: b"# \n", "document_empty"),
    "endless.txt": (lambda: b"word " * 300_000, "document_too_long"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_told_in_a_sentence_and_not_kept(
    documents: Documents, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, key = REFUSED[name]
    if name not in {"locked.pdf", "torn.pdf"}:  # these go the whole way, in a process of their own
        monkeypatch.setattr("bot.playbook.reading.subprocess.run", in_this_process)
    with pytest.raises(BadData) as caught:
        documents.add(name, make())
    assert caught.value.key == key
    sentences = {code: load(code).say(key, **caught.value.values) for code in available()}
    assert len(set(sentences.values())) == len(available())
    assert all(name in sentence for sentence in sentences.values())
    assert documents.all() == ()
    assert not (tmp_path / "uploaded").exists()


def in_this_process(command: list[str], *, input: bytes, **_: object) -> subprocess.CompletedProcess[bytes]:  # noqa: A002  its name
    import json

    from bot.playbook.reading import _document

    return subprocess.CompletedProcess(command, 0, json.dumps(_document(input, *command[-2:])).encode())


def test_fifty_megabytes_are_refused_unread(documents: Documents, tmp_path: Path) -> None:
    with (tmp_path / "own" / "film.pdf").open("wb") as file:
        file.truncate(50 * 2**20)
    (tmp_path / "own" / "table.xlsx").write_bytes(b"PK")
    (tmp_path / "own" / ".hidden.pdf").write_bytes(b"")
    refused = {note.values["name"]: (note.key, load("en").say(note.key, **note.values)) for note in documents.refused()}
    assert refused["film.pdf"][0] == "document_too_large"
    assert "20 MB" in refused["film.pdf"][1]
    assert refused["table.xlsx"][0] == "document_kind"
    assert len(refused) == 2
    with pytest.raises(BadData, match="document_too_large"):
        read(bytes(MOST_BYTES + 1), ".pdf", "film")


def test_a_file_is_read_by_a_process_without_secrets_and_one_that_takes_too_long_is_tried_again(
    documents: Documents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own" / "rules.md").write_text("# Rules\n\nCall everybody twice a year.")
    given: list[dict] = []

    def slow(command: list[str], **how: object) -> None:
        given.append(how)
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setenv("SLACK_BOT_TOKEN", "secret")
    with monkeypatch.context() as patched:
        patched.setattr("bot.playbook.reading.subprocess.run", slow)
        assert [note.key for note in documents.refused()] == ["document_slow"]
    assert given[0]["env"] == {}
    again = Documents(tmp_path / "own", tmp_path / "uploaded", tmp_path / "read", detect)
    assert [one.title for one in again.all()] == ["Rules"]


# --- the folder and the uploads -------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files are read in this process; the names of those that were."""
    names: list[str] = []

    def told(command: list[str], **how) -> subprocess.CompletedProcess[bytes]:
        names.append(command[-1])
        return in_this_process(command, **how)

    monkeypatch.setattr("bot.playbook.reading.subprocess.run", told)
    return names


def test_a_file_is_read_once_by_all_processes_and_again_when_it_changes(
    documents: Documents, tmp_path: Path, quick: list[str]
) -> None:
    file = tmp_path / "own" / "team" / "rules.md"
    file.parent.mkdir()
    file.write_text("# Rules\n\nWir rufen jeden Kunden an, bevor er geht.")
    before = documents.state()
    (one,) = documents.all()
    assert (one.id, one.title, one.uploaded) == ("own/team/rules.md", "Rules", False)
    other = Documents(tmp_path / "own", tmp_path / "uploaded", tmp_path / "read", detect)
    assert other.all() == documents.all() == (one,)
    assert quick == ["rules"]
    file.write_text("# Rules\n\nCall every customer before they go, and once more.")
    assert documents.state() != before
    assert [(found.sections[0].text, found.language) for found in other.all()] == [
        ("Call every customer before they go, and once more.", "en")
    ]
    assert quick == ["rules", "rules"]
    file.unlink()
    assert documents.all() == other.all() == ()
    assert list((tmp_path / "read").iterdir()) == []


def test_an_upload_takes_the_place_of_its_name_and_is_taken_out_again(
    documents: Documents, tmp_path: Path, quick: list[str]
) -> None:
    (tmp_path / "own" / "a.md").write_text("# Of the folder\n\nCall everybody twice a year.")
    first, replaced = documents.add("a.md", b"# Mine\n\nNever call anybody at all, ever.")
    assert (first.title, replaced) == ("Mine", False)
    assert documents.add("a.md", b"# Better\n\nNever call anybody before noon, ever.")[1]
    assert [one.title for one in documents.all()] == ["Better"]
    documents.remove("a.md")
    assert [one.title for one in documents.all()] == ["Of the folder"]
    with pytest.raises(BadQuestion, match="document_unknown"):
        documents.remove("a.md")
    with pytest.raises(BadQuestion, match="document_unknown"):
        documents.remove("../own/a.md")
    assert (tmp_path / "own" / "a.md").exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/rules.md", "rules.md"),
        (r"C:\own\..\Our rules.MD", "Our rules.md"),
        ("/etc/${HOME}\x00;rm -rf.md", "HOME_rm -rf.md"),
        ("..md", "document.md"),
        ("Zasady – żółw 客户.md", "Zasady _ żółw 客户.md"),
        ("x" * 300 + ".md", "x" * 80 + ".md"),
    ],
)
def test_a_name_is_only_a_name_and_leads_nowhere(
    documents: Documents, tmp_path: Path, quick: list[str], name: str, kept: str
) -> None:
    assert documents.add(name, b"# Rules\n\nCall everybody twice a year.")[0].name == kept
    found = [Path(at, one) for at, _, files in os.walk(tmp_path) for one in files if one.endswith(".md")]
    assert found == [tmp_path / "uploaded" / kept]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("deed", "ends"),
    [("    while True: pass", (-9, b"")), ("    return bytes(3 * 2**30)", (0, b'{"key": "document_too_long"}'))],
    ids=["time", "memory"],
)
def test_a_file_that_eats_time_or_memory_ends_its_own_process(deed: str, ends: tuple[int, bytes]) -> None:
    code = "import bot.playbook.reading as own\nown.CPU_SECONDS = 1\n"
    code += f"def read(data):\n{deed}\nown.readers = lambda: {{'.x': read}}\nown.main()"
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code, ".x", "name"]
    done = subprocess.run(command, cwd=root, input=b"x", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == ends
