"""Pages for people, and the program that writes those which come from code."""
