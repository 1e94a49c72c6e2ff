"""The agent: a language model that plans which of our tools to call, and words what they found.

It measures nothing itself. Its calls become Queries that the rules engine's own functions answer, its prose is held
against their Evidence, and where it fails in any way the rules engine answers in its place. LangChain loads with
`loop`, which a bot without a model never opens.
"""
