"""Nobody gets what is not theirs: who is let in, what their role allows, what the place allows."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.access import BUILT_IN, Policy, RoleRule, admit, make_policy
from bot.errors import BadQuestion, BadWorkspace, NotAllowed
from bot.types import Person, Place, Rights, RowFilter

HOME = frozenset({"T1"})
ANN = Person(id="U1", team="T1", email="Ann@Acme.com", groups=("S9",))


@pytest.mark.parametrize(
    ("person", "place", "key"),
    [
        (replace(ANN, deleted=True), Place.DM, "refused_deactivated"),
        (replace(ANN, bot=True), Place.DM, "refused_bot"),
        (replace(ANN, stranger=True), Place.DM, "refused_stranger"),
        (replace(ANN, team="T2"), Place.DM, "refused_other_workspace"),
        (replace(ANN, team=""), Place.PUBLIC, "refused_other_workspace"),
        (replace(ANN, guest=True), Place.DM, "refused_guest"),
        (replace(ANN, guest=True), Place.PRIVATE, "refused_guest"),
        (ANN, Place.EXTERNAL, "refused_external_channel"),
    ],
)
def test_whoever_is_not_a_member_in_a_place_of_our_own_is_refused(person: Person, place: Place, key: str) -> None:
    """Also when the policy would give them the highest role."""
    policy = make_policy("admin", {"admin": RoleRule(members=("U1",))}, {"C1": "admin"}, HOME)
    with pytest.raises(NotAllowed) as refusal:
        policy.rights(person, place, "C1")
    assert refusal.value.key == key


@pytest.mark.parametrize("place", [Place.DM, Place.PRIVATE, Place.PUBLIC])
def test_a_member_is_let_in(place: Place) -> None:
    admit(ANN, place, HOME)


ROLES = {
    "spain": RoleRule(row_filters={"country": ("ES",)}, members=("group:S9",)),
    "iberia": RoleRule(row_filters={"country": ("PT", "ES")}, members=("group:S8",)),
    "marketer": RoleRule(members=("@acme.com",)),
    "analyst": RoleRule(members=("ann@acme.com",)),
    "admin": RoleRule(members=("U1",)),
}


@pytest.mark.parametrize(
    ("person", "role"),
    [
        (ANN, "admin"),
        (replace(ANN, id="U2"), "analyst"),
        (replace(ANN, id="U2", email="bo@acme.com"), "spain"),
        (replace(ANN, id="U2", email="bo@acme.com", groups=()), "marketer"),
        (replace(ANN, id="U2", email="bo@acme.com", groups=("S7",)), "marketer"),
        (replace(ANN, id="U2", email="bo@not-acme.com", groups=()), "viewer"),
        (replace(ANN, id="U2", email="acme.com", groups=()), "viewer"),
        (replace(ANN, id="U2", email=None, groups=()), "viewer"),
        (replace(ANN, id="S9", email=None, groups=()), "viewer"),
    ],
)
def test_a_persons_role_is_found_from_the_nearest_rule(person: Person, role: str) -> None:
    """The person's own id, then the address, then a group, then the domain, then the default."""
    assert make_policy(roles=ROLES, home=HOME).rights(person, Place.DM).role == role


def test_members_of_two_groups_are_confined_to_what_both_roles_allow() -> None:
    rights = make_policy(roles=ROLES).rights(Person(id="U3", groups=("S8", "S9")), Place.DM)
    assert rights.row_filters == (RowFilter("country", ("ES", "PT")), RowFilter("country", ("ES",)))


@pytest.mark.parametrize(
    ("place", "channel", "person_level", "drafts", "smallest_cell"),
    [
        (Place.DM, None, True, True, 0),
        (Place.PRIVATE, "C1", True, True, 0),
        (Place.PRIVATE, "C2", False, False, 5),
        (Place.PRIVATE, None, False, False, 5),
        (Place.PUBLIC, "C1", False, True, 0),
        (Place.PUBLIC, "C2", False, False, 5),
    ],
)
def test_the_place_cuts_what_an_analyst_sees(
    place: Place, channel: str | None, person_level: bool, drafts: bool, smallest_cell: int
) -> None:
    """C1 is named for analysts in the workspace file, C2 is not named."""
    policy = make_policy("analyst", channels={"C1": "analyst"}, home=HOME)
    rights = policy.rights(ANN, place, channel)
    assert (rights.person_level, rights.drafts, rights.smallest_cell) == (person_level, drafts, smallest_cell)


def test_an_unnamed_private_channel_lists_nobody_even_if_viewers_may() -> None:
    policy = make_policy(roles={"viewer": RoleRule(person_level=True)}, channels={"C1": "viewer"})
    assert policy.rights(ANN, Place.DM).person_level
    assert policy.rights(ANN, Place.PRIVATE, "C1").person_level
    assert not policy.rights(ANN, Place.PRIVATE, "C2").person_level


def test_a_viewer_gains_nothing_in_a_channel_of_analysts() -> None:
    policy = make_policy(channels={"C1": "analyst"})
    assert policy.rights(ANN, Place.PRIVATE, "C1") == BUILT_IN["viewer"]


def test_a_channel_without_a_role_is_read_by_whoever_is_in_no_list() -> None:
    """Where anybody else sees Spain alone, an analyst's answer is cut to Spain in every channel that names no role."""
    spain = RoleRule(row_filters={"country": ("ES",)}, metrics=("churn_rate",))
    rules = {"spain": spain, "analyst": RoleRule(members=("UANN",))}
    policy = make_policy("spain", rules, channels={"C1": "analyst"}, home=HOME)
    ann = replace(ANN, id="UANN")
    here = policy.rights(ann, Place.PUBLIC, "C2")
    assert here.row_filters == (RowFilter("country", ("ES",)),)
    assert here.metrics == frozenset({"churn_rate"})
    assert policy.rights(ann, Place.DM).row_filters == ()
    assert policy.rights(ann, Place.PUBLIC, "C1").row_filters == (), "this one names who reads it"
    assert make_policy("analyst", home=HOME).rights(ann, Place.PUBLIC, "C2").smallest_cell == 5, "viewers at most"


def test_a_channels_row_filters_bind_those_who_see_all() -> None:
    """A person who sees every country is told of Spain alone in Spain's channel."""
    policy = make_policy("analyst", ROLES, {"C1": "spain"})
    rights = policy.rights(Person(id="U7"), Place.PRIVATE, "C1")
    assert rights.row_filters == (RowFilter("country", ("ES",)),)


def test_a_workspace_changes_a_built_in_role_and_keeps_the_rest_of_it() -> None:
    policy = make_policy(roles={"viewer": RoleRule(metrics=("mrr", "churn_rate"), smallest_cell=10)})
    expected = replace(BUILT_IN["viewer"], metrics=frozenset({"mrr", "churn_rate"}), smallest_cell=10)
    assert policy.rights(ANN, Place.DM) == expected


def test_the_terminal_takes_a_role_by_name_and_cuts_it_by_place() -> None:
    policy = make_policy()
    assert policy.rights_of_role("analyst", Place.DM) == BUILT_IN["analyst"]
    assert not policy.rights_of_role("analyst", Place.PUBLIC).person_level
    with pytest.raises(NotAllowed, match="refused_external_channel"):
        policy.rights_of_role("admin", Place.EXTERNAL)
    with pytest.raises(BadQuestion) as fault:
        policy.rights_of_role("boss", Place.DM)
    assert fault.value.values == {"name": "boss", "near": ("admin", "analyst", "marketer", "viewer")}


def test_all_that_is_wrong_with_the_rules_is_told_at_once() -> None:
    with pytest.raises(BadWorkspace) as fault:
        make_policy(
            "boss",
            {
                "spain": RoleRule(row_filters={"country": ()}, smallest_cell=-1, members=("A@b.com",)),
                "france": RoleRule(members=("a@B.com", "the French team")),
            },
            {"C1": "chief"},
        )
    assert fault.value.key == "access_gaps"
    assert [gap.key for gap in fault.value.values["gaps"]] == [
        "gap_default_role",
        "gap_channel_role",
        "gap_row_filter",
        "gap_smallest_cell",
        "gap_member_twice",
        "gap_member_form",
    ]


names = some.none() | some.frozensets(some.sampled_from(["mrr", "nps", "arpa"]))
row_filters = some.lists(
    some.builds(RowFilter, some.sampled_from(["country", "plan"]), some.sampled_from([("ES",), ("FR", "US")])),
    max_size=2,
).map(tuple)
anyones = some.builds(
    Rights,
    some.just("any"),
    names,
    names,
    some.booleans(),
    some.booleans(),
    row_filters,
    some.integers(0, 9),
    some.booleans(),
)


def allows_no_more(cut: Rights, full: Rights) -> bool:
    """Field by field, said anew for this test."""

    def subset(a: frozenset[str] | None, b: frozenset[str] | None) -> bool:
        return b is None or (a is not None and a <= b)

    return (
        subset(cut.metrics, full.metrics)
        and subset(cut.dimensions, full.dimensions)
        and cut.person_level <= full.person_level
        and cut.drafts <= full.drafts
        and cut.approves <= full.approves
        and set(cut.row_filters) >= set(full.row_filters)
        and cut.smallest_cell >= full.smallest_cell
    )


@given(
    own=anyones,
    channel=anyones,
    place=some.sampled_from([Place.PRIVATE, Place.PUBLIC]),
    named=some.booleans(),
)
def test_effective_rights_never_exceed_the_askers_or_the_channels(
    own: Rights, channel: Rights, place: Place, named: bool
) -> None:
    policy = Policy({"asker": own, "channel": channel, "viewer": BUILT_IN["viewer"]}, {}, {"C1": "channel"}, "asker")
    effective = policy.rights(ANN, place, "C1" if named else "C2")
    assert allows_no_more(effective, own)
    assert allows_no_more(effective, channel if named else BUILT_IN["viewer"])
    assert not (effective.person_level and (place is Place.PUBLIC or not named))


def test_the_property_above_looks_at_every_right() -> None:
    """Widening any single field of a right is noticed."""
    narrow = Rights(
        "some", frozenset({"mrr"}), frozenset(), person_level=False, drafts=False,
        row_filters=(RowFilter("plan", ("Pro",)),), smallest_cell=5,
    )  # fmt: skip
    wider = {"metrics": None, "dimensions": None, "person_level": True, "drafts": True, "approves": True}
    for name, wide in wider.items():
        assert not allows_no_more(replace(narrow, **{name: wide}), narrow)
    assert not allows_no_more(replace(narrow, row_filters=()), narrow)
    assert not allows_no_more(replace(narrow, smallest_cell=4), narrow)
    assert len(fields(Rights)) == 8


@pytest.mark.parametrize(
    ("default", "metrics"), [("admin", None), ("viewer", None), ("nearly", frozenset({"mrr"}))]
)  # fmt: skip
def test_where_nobody_is_known_to_ask_only_what_everybody_may_see_in_any_channel_is_shown(
    default: str, metrics: frozenset[str] | None
) -> None:
    policy = make_policy(default, {"nearly": RoleRule(metrics=("mrr",))}, {"C1": "admin"})
    unnamed = policy.unnamed
    assert (unnamed.person_level, unnamed.drafts, unnamed.approves, unnamed.smallest_cell) == (False, False, False, 5)
    assert unnamed.metrics == metrics
