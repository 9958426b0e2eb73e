"""The HTTP endpoints, one file per area, with the names, defaults and texts of Consul 1.21."""
