"""Files that machines drop: strip maps and test data."""
