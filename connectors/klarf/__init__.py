"""Defects that wafer inspection machines leave as KLARF files."""
