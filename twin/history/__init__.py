"""High-rate samples of machines, kept in columns by machine and day; not facts of the graph."""
