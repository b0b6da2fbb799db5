"""The only door to the stream server."""
