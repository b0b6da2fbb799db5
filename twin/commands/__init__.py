"""What a person or system asks the twin to do, one verb per file."""
