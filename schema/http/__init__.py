"""The HTTP edge: how questions, facts and files come in, and what operators of the service see."""
