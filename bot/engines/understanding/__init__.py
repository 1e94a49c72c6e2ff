"""Question → Query: `match` hears what a text says, `understand` decides what is asked, the others read a part each."""
