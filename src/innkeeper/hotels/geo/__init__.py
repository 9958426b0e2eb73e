"""Where hotels are."""
