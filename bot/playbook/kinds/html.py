"""HTML pages: their text without navigation, adverts, cookie notices and footers."""

from __future__ import annotations

from bot.errors import BadData
from bot.playbook.kinds import Draft
from bot.playbook.kinds.markdown import blocks

SUFFIXES = (".html", ".htm")


def read(data: bytes) -> Draft:
    """The main text, which trafilatura tells from what stands around it."""
    from trafilatura import extract
    from trafilatura.metadata import extract_metadata
    from trafilatura.utils import load_html

    page = load_html(data)
    if page is None:
        raise BadData("document_broken")
    text = extract(data, output_format="markdown", include_comments=False, include_images=False, include_links=False)
    return Draft(tuple(blocks(text or "")), extract_metadata(page).title or "")
