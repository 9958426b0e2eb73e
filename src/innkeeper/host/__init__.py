"""Hosts any set of roles in one process and one event loop; which roles is configuration.

Knows services only as the rows of the table that it is handed. Nothing is imported here, so that
reading the options of a process costs nothing.
"""
