"""Answers of the twin, frozen."""
