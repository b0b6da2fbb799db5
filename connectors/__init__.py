"""The far end of every wire: one folder per protocol."""
