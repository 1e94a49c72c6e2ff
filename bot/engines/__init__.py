"""From words to an Answer: understanding (Question → Query), rules and answers (Query → Answer, without a model)."""
