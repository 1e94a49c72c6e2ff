"""Neutral text becomes a tool's own and comes back unchanged; what would break a tag is refused."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.drafting.esp import load, numbered, tool_named
from bot.drafting.merge import FIELDS, TAG, Tag
from bot.errors import BadQuestion

TOOLS = load()
MOVED = sorted(name for name, field in FIELDS.items() if field.kind in ("person", "needed"))

FIRST_NAME = {
    "customer_io": '{{customer.first_name | default: "there"}}',
    "braze": "{{${first_name} | default: 'there'}}",
    "iterable": '{{defaultIfEmpty firstName "there"}}',
    "mailchimp": "*|IF:FNAME|**|FNAME|**|ELSE:|*there*|END:IF|*",
    "hubspot": '{{ personalization_token("contact.firstname", "there") }}',
    "klaviyo": "{{ first_name|default:'there' }}",
    "sendgrid": '{{insert firstName "default=there"}}',
    "intercom": '{{ first_name | fallback:"there" }}',
    "activecampaign": "%IF $FIRSTNAME%%FIRSTNAME%%ELSE%there%/IF%",
    "brevo": '{{ contact.FIRSTNAME | default : "there" }}',
    "salesforce": '%%[SET @n = IIF(EMPTY(FirstName),"there",FirstName)]%%%%=v(@n)=%%',
    "adobe": '{%= profile.person.name.firstName ?: "there" %}',
    "onesignal": '{{ first_name | default: "there" }}',
    "moengage": "{{UserAttribute['First Name']|default('there')}}",
    "mautic": "{contactfield=firstname|there}",
    "whatsapp": "{{1}}",
    "neutral": "{first_name|there}",
}
"""As each tool's own documentation has it."""

PLAN = {
    "customer_io": "{{customer.plan}}", "braze": "{{custom_attribute.${plan}}}", "iterable": "{{plan}}",
    "mailchimp": "*|PLAN|*", "hubspot": "{{ contact.plan }}", "klaviyo": "{{ person|lookup:'Plan' }}",
    "sendgrid": "{{plan}}", "intercom": "{{ custom.plan }}", "activecampaign": "%PLAN%",
    "brevo": "{{ contact.PLAN }}", "salesforce": "%%Plan%%", "adobe": "{%= profile.plan %}",
    "onesignal": "{{ plan }}", "moengage": "{{UserAttribute['Plan']}}", "mautic": "{contactfield=plan}",
    "whatsapp": "{{1}}", "neutral": "{plan}",
}  # fmt: skip


def test_every_tool_of_the_list_is_there() -> None:
    assert set(TOOLS) == set(FIRST_NAME) == set(PLAN)


@pytest.mark.parametrize("id", TOOLS)
def test_a_tag_has_the_form_of_the_tools_own_documentation(id: str) -> None:
    tool = TOOLS[id]
    for neutral, expected in (("{first_name|there}", FIRST_NAME[id]), ("{plan}", PLAN[id])):
        assert tool.write(f"Hello {neutral},", numbered([neutral])) == f"Hello {expected},"


@pytest.mark.parametrize("id", TOOLS)
def test_two_fields_of_a_tool_never_share_a_name(id: str) -> None:
    assert len({TOOLS[id].column(name) for name in MOVED}) == len(MOVED)


words = some.text(some.characters(codec="utf-8", exclude_characters="{}[]%*|\"'\0"), max_size=12)
texts = some.lists(
    some.one_of(
        words,
        some.builds(Tag, some.sampled_from(MOVED), some.none() | words).map(str),
        some.sampled_from(["{unsubscribe}", "{postal_address}", "{link}"]),
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize("id", TOOLS)
@settings(max_examples=30)
@given(text=texts)
def test_neutral_to_tool_to_neutral_changes_nothing(id: str, text: str) -> None:
    numbers = numbered([text])
    assert TOOLS[id].read(TOOLS[id].write(text, numbers), numbers) == text


@pytest.mark.parametrize("id", sorted(set(TOOLS) - {"neutral"}))
def test_no_neutral_tag_of_a_person_is_left_in_a_tools_text(id: str) -> None:
    text = " ".join(f"{{{name}|x}} {{{name}}}" for name in MOVED)
    written = TOOLS[id].write(text, numbered([text]))
    assert not {found[1] for found in TAG.finditer(re.sub(r"\$\{\w+\}|\{\{.*?\}\}", "", written))} & set(MOVED)


@pytest.mark.parametrize("id", sorted(id for id, tool in TOOLS.items() if tool.never))
def test_a_fallback_that_would_end_its_tag_is_refused(id: str) -> None:
    with pytest.raises(BadQuestion, match="export_fallback"):
        TOOLS[id].write(f"{{first_name|a{TOOLS[id].never}b}}")


def test_a_tool_is_found_by_its_name_in_any_spelling() -> None:
    assert tool_named("Customer.io") is not None
    assert tool_named("SALESFORCE marketing cloud").name == "Salesforce Marketing Cloud"
    with pytest.raises(BadQuestion, match="unknown_tool"):
        tool_named("telegraph")
