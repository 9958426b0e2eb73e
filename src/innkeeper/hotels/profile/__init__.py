"""How hotels are described to people."""
