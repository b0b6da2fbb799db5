"""The one way in: bytes become events, durable before they are acknowledged."""
