"""Query → findings: a module a kind of answer. One that its own words ask for is read beside its answer."""
