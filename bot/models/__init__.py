"""Clients of models: the only home of their libraries besides the agent."""
