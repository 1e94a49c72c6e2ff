"""Somebody of whom all is known: who reads a text that is shown or checked before it is for anybody."""

from __future__ import annotations

import pandas as pd

EXAMPLE = pd.DataFrame([
    {
        "first_name": "Alex", "company": "Brook & Bell", "plan": "Pro", "since": pd.Timestamp("2023-01-01"),
        "churned_on": pd.NaT, "last_active_on": pd.Timestamp("2026-06-01"), "tier": "gold", "topic": "planning",
        "news": ("Report templates", "Calendar two-way sync"), "next_feature": "Custom reports", "tool": "Calendar",
        "upcoming": "Report templates", "wish": "Timesheets", "recap": (("Boards", 214), ("File sharing", 88)),
        "points": 1240, "milestone": "aha", "last_item": "Wall planner",
        "recommended": "Desk planner", "event": "First steps",
        "event_at": pd.Timestamp("2026-12-17 15:00"), "zone": "Europe/Warsaw",
    }
])  # fmt: skip
"""Somebody of whom all is known."""
