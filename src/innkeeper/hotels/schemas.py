"""JSON Schemas of the flat files, made from the types that the services read them with.

`python -m innkeeper.hotels.schemas docs/schemas` writes them for people and their editors.
"""

import json
import sys
from pathlib import Path

from innkeeper.hotels import flatfile
from innkeeper.hotels.geo.store import Place
from innkeeper.hotels.profile.records import HotelRecord as DescribedHotel
from innkeeper.hotels.rate.exchange import schema as exchange_schema
from innkeeper.hotels.rate.records import HotelRecord as PricedHotel


def schemas() -> dict[str, str]:
    """The text of each schema by the name of its file."""
    files = (
        ("geo", Place, "Where hotels are (geo.json)"),
        ("rate", PricedHotel, "What hotels cost (rate.json)"),
        ("profile", DescribedHotel, "How hotels are described (profile.json)"),
    )
    made = {name: flatfile.schema(record, title) for name, record, title in files}
    made["currencies"] = exchange_schema("What currencies are worth (currencies.json)")
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2) + "\n" for name, schema in made.items()
    }


def write(folder: Path) -> None:
    """Write every schema into a folder that exists."""
    for name, text in schemas().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
