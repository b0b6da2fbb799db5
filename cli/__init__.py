"""The dieloom command, one subcommand per file."""
