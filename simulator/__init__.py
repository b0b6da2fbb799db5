"""The simulated factory: a stranger that speaks real protocols."""
