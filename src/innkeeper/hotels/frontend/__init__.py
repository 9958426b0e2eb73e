"""The HTTP API of the system and the page with the map."""
