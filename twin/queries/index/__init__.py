"""What a recall needs of every lot, kept in memory beside the graph: the same answers, sooner."""
