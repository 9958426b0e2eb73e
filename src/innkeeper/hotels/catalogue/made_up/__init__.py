"""Made-up hotels around real cities: the same for the same seed, believable enough to look at."""
