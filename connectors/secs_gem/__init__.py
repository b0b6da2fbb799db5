"""Machines that speak SECS-II over HSMS (SEMI E5, E37, E30)."""
