"""From words to an Answer: understand (Question → Query), rules (Query → Answer, without a model)."""
