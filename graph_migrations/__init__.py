"""Constraints and indexes of the graph, as immutable numbered scripts."""
