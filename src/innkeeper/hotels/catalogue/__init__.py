"""Catalogues: the hotels of all three services together, checked, imported and made up."""
