"""What can be booked near a point."""
