"""A hotel search made of small gRPC services behind one HTTP/JSON frontend."""
