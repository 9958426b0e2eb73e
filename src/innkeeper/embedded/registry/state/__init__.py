"""What is registered. Pure and synchronous: no clock, no tasks, no sockets."""
