"""Regular expressions in Go's syntax, as filters use them.

letters     sets of characters
tree        what an expression is made of
pattern     reads one
search      finds one in a text
"""

from innkeeper.embedded.registry.api.filter.regular.search import Search
from innkeeper.embedded.registry.api.filter.regular.tree import Malformed, Unsupported

__all__ = ["Malformed", "Search", "Unsupported"]
