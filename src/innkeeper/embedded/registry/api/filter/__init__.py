"""Consul's filter expressions, such as `Service.Port == 80 and "v2" in Service.Tags`."""

from innkeeper.embedded.registry.api.filter.compile import Filter, compile_filter

__all__ = ["Filter", "compile_filter"]
