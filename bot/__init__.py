"""Mainstay, a retention assistant for Slack: the map, in the order in which a question passes.

slack, cli      the surfaces: words in, an Answer out
mcp             the same for other assistants: calls in, an Answer out
records         what must survive: accepted questions, threads, answers, drafts
access          who may see what: identity, place, roles → Rights
service         what the bot does; user errors come back as Answers
engines         understanding (Question → Query), rules and answers (Query → Answer, without a model), agent (with one)
analysis        measure, compare, explain: Query → Evidence
metrics         ADD A METRIC: one function
sources         ADD A DATA SOURCE: one file; the canonical tables, the guess, the check, the demo company
playbook        cited guidance out of knowledge/
drafting        messages with their checks; ADD A GUARDRAIL: one function
pictures        drawings of cohorts and curves: Answer → PNG
language        ADD A LANGUAGE: one TOML; words heard, sentences said
models          clients of embedding and chat models
playground      a local Slack to try and test against
documents       the JSON form of answers
discreet        what a log never holds
trail           the lines of the log, each with the question that it is about
vitals          health, readiness and figures, for whoever looks after the bot
progress        how far long work has come, for whoever listens
settings        the only reader of the environment and of workspace.toml
wiring          the only place that picks real parts; additions: what a company's own folder holds
"""
