"""Query → Evidence: measure, compare, explain, list people. The only room that knows both metrics and data."""
