"""Test results that testers leave as STDF V4 files."""
