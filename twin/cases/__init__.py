"""Recall cases: a suspicion with an owner, what it reached, what was done about it, and who did it."""
