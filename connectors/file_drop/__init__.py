"""A folder into which several kinds of machine drop their files."""
