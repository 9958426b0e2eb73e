"""Runs the health checks. Each has a task or timer of its own, so that none delays another."""
