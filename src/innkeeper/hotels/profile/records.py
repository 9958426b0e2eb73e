"""The records of `profile.json`, as people write them, and the hotels made of them."""

from typing import Annotated

from msgspec import Meta, Struct

from innkeeper.hotels import flatfile
from innkeeper.hotels.profile.hotel import Address, Hotel, Image
from innkeeper.hotels.profile.texts import TAG, Texts

Line = Annotated[str, Meta(min_length=1, max_length=256, pattern=flatfile.WITHOUT_NUL)]
PossiblyNothing = Annotated[
    str,
    Meta(max_length=256, pattern=flatfile.WITHOUT_NUL, description="Empty when not known."),
]
Tag = Annotated[str, Meta(pattern=TAG, max_length=35, description="BCP 47 tag, such as de-AT.")]
TextsByTag = Annotated[
    dict[Tag, Annotated[str, Meta(min_length=1, max_length=4000)]],
    Meta(min_length=1, description="The same text in several languages, by BCP 47 tag."),
]

URL = r"^(https?:/)?/[^/\s][^\s]*$"
"""Where a picture is: absolute, or a path on the frontend."""


class AddressRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """Where letters go."""

    street: PossiblyNothing
    city: PossiblyNothing
    country: PossiblyNothing
    state: PossiblyNothing = ""
    postal_code: Annotated[str, Meta(max_length=32)] = ""


class ImageRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """A picture, with what it shows for those who cannot see it."""

    url: Annotated[
        str,
        Meta(
            pattern=URL,
            max_length=2048,
            description="Absolute, or a path on the frontend.",
        ),
    ]
    alt: TextsByTag


class HotelRecord(flatfile.Record, frozen=True):
    """A record of `profile.json`. Every text is there in the default locale at least."""

    name: Line
    phone_number: PossiblyNothing
    address: AddressRecord
    default_locale: Tag
    description: TextsByTag
    images: Annotated[tuple[ImageRecord, ...], Meta(max_length=100)] = ()
    rating: Annotated[float, Meta(ge=1, le=5, description="Of guests, 1 to 5.")] | None = None

    def __post_init__(self) -> None:
        """Find what the types do not say.

        Raises:
            ValueError: a text is missing in the default locale, or twice in one.
        """
        self.hotel()

    def hotel(self) -> Hotel:
        """The hotel with its texts ready to be chosen from."""
        address = self.address
        return Hotel(
            hotel_id=self.hotel_id,
            name=self.name,
            phone_number=self.phone_number,
            address=Address(
                street=address.street,
                city=address.city,
                state=address.state,
                postal_code=address.postal_code,
                country=address.country,
            ),
            description=self._texts("description", self.description),
            images=tuple(
                Image(image.url, self._texts(f"images[{index}].alt", image.alt))
                for index, image in enumerate(self.images)
            ),
            rating=self.rating,
        )

    def _texts(self, field: str, texts: TextsByTag) -> Texts:
        try:
            return Texts(texts, self.default_locale)
        except ValueError as error:
            raise ValueError(f"{field}: {error}") from None
