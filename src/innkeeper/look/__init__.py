"""The shared design of every page: the map, the registry's dashboard and the trace viewer."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
"""Holds `look.css`, which lists its classes at the top, and `innkeeper.svg`, mark and favicon."""
