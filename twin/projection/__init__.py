"""Events written into the graph, by the only writer there is."""
