"""What the outside sees of the twin: types and descriptions, no logic."""
