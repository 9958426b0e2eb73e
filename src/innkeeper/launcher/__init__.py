"""Starts a topology of roles as processes of their own and looks after them.

Knows roles only as the table it is handed, so that it can look after any set of services.
"""
