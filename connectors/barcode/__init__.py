"""Scanners on a serial line or a serial server."""
