"""ADD A MIGRATION: one file in versions/, numbered after the last; schema.py says what it leads to."""
