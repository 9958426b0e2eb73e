"""What all stores in PostgreSQL share: connections, tables, and what is said when they fail."""
