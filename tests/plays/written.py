"""Documents as a company writes them, made by other libraries than those that read them."""

from __future__ import annotations

from io import BytesIO

from docx import Document
from fpdf import FPDF

HANDBOOK = (
    ("Ninety days before", "The owner of the account calls the customer and looks at usage with them."),
    ("Discounts", "Camille signs any discount above ten per cent, and nobody else may promise a price."),
    ("After the signature", "The owner writes down three results that the customer wants to see next year."),
)


class _Paper(FPDF):
    def header(self) -> None:
        self.set_font("helvetica", size=8)
        self.cell(0, 5, "Brindlewick, confidential", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("helvetica", size=8)
        self.cell(0, 5, f"Page {self.page_no()}")


def pdf(
    sections=HANDBOOK, title: str = "Renewal handbook", size: int = 14, *, outline: bool = False, password: str = ""
) -> bytes:
    """A page a section, with a running header and footer; `size` is that of the headings, 11 that of the text."""
    paper = _Paper()
    if password:
        paper.set_encryption(owner_password="other", user_password=password)
    for number, (heading, text) in enumerate(sections):
        paper.add_page()
        if title and not number:
            paper.set_font("helvetica", "B", 20)
            paper.cell(0, 12, title, new_x="LMARGIN", new_y="NEXT")
        if outline:
            paper.start_section(heading)
        paper.set_font("helvetica", "B" if size > 11 else "", size)
        if heading:
            paper.cell(0, 10, heading, new_x="LMARGIN", new_y="NEXT")
        paper.set_font("helvetica", size=11)
        paper.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def scan() -> bytes:
    """A page with a picture of text, and no text."""
    paper = FPDF()
    paper.add_page()
    paper.rect(10, 10, 100, 100, style="F")
    return bytes(paper.output())


def docx() -> bytes:
    """Headings, a list, a table, a heading that is only bold, a page header, and scripts side by side."""
    paper = Document()
    paper.sections[0].header.paragraphs[0].text = "Confidential header"
    paper.add_heading("Onboarding calls", 0)
    paper.add_paragraph("How we take new customers by the hand.")
    paper.add_heading("First week", 1)
    paper.add_paragraph("Call on day two.", style="List Number")
    paper.add_paragraph("Show the report page.", style="List Bullet")
    paper.add_heading("Who calls", 2)
    table = paper.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("Plan", "Who", "Pro", "Ana"), strict=True):
        cell.text = text
    paper.add_paragraph().add_run("Later months").bold = True
    paper.add_paragraph("Мы пишем клиенту раз в месяц. お客様に毎月書きます. نكتب للعميل كل شهر.")
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


PAGE = b"""<!doctype html><html><head><title>Win-back | Intranet</title><script>steal()</script></head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/hr">Human resources</a></li></ul></nav></header>
<div id="cookie-consent">We use cookies to improve your experience. <button>Accept all</button></div>
<div class="ad-banner">Buy SuperCRM now, half the price! <a href="x">Click</a></div>
<main><h1>Win-back guide</h1><p>For customers who left in the last ninety days, whatever their plan was.</p>
<h2>Offers we allow</h2><ul><li>One free month for Pro.</li><li>Nothing for Starter.</li></ul>
<h2>When to call</h2><p>Call every account above 500 dollars within three days of its departure.</p>
<aside class="related">You may also like: <a href="a">Ten growth hacks</a></aside></main>
<footer>All rights reserved. <a href="p">Privacy policy</a></footer></body></html>"""
