"""Metrics: rate, errors and duration of a process, and the listener that shows them."""

from innkeeper.metrics.admin import AdminListener, Readiness
from innkeeper.metrics.histogram import Histogram, Series
from innkeeper.metrics.metrics import RPC_CODES, Metrics

__all__ = ["RPC_CODES", "AdminListener", "Histogram", "Metrics", "Readiness", "Series"]
