"""One question, one file, one statement."""
