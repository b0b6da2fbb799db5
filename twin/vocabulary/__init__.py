"""The field's words, each spelled once."""
