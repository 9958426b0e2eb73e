"""The pages for people, under /ui as in Consul: fixed files that ask the JSON API."""
