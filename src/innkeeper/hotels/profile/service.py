"""The Profile service: hotels described in a language, and found by words."""

from innkeeper.errors import BadInput
from innkeeper.hotels.profile.hotel import Hotel
from innkeeper.hotels.profile.store import ProfileStore
from innkeeper.pb.profile.v1 import profile_pb2

MAX_Q = 200
"""Characters of a query; names are no longer."""


class Profile:
    """Answers what `profile.proto` promises from any store."""

    def __init__(self, store: ProfileStore) -> None:
        self._store = store

    async def GetProfiles(
        self, request: profile_pb2.GetProfilesRequest, context: object
    ) -> profile_pb2.GetProfilesResponse:
        """The hotels in the order asked for, each once; unknown ids are left out.

        A locale that no text is in, or that means nothing, gives the default: it is never an error.
        """
        hotel_ids = list(dict.fromkeys(request.hotel_ids))
        hotels = await self._store.hotels(hotel_ids)
        return profile_pb2.GetProfilesResponse(
            hotels=[
                _described(hotel, request.locale)
                for hotel_id in hotel_ids
                if (hotel := hotels.get(hotel_id)) is not None
            ]
        )

    async def Find(
        self, request: profile_pb2.FindRequest, context: object
    ) -> profile_pb2.FindResponse:
        """The hotels that match, the best first; see `matching.py`.

        Raises:
            BadInput: the rating is none, the limit is not above zero, or q is far too long.
        """
        if not 0 <= request.min_rating <= 5:
            raise BadInput("min_rating", "a number from 1 to 5, or 0")
        if request.limit < 1:
            raise BadInput("limit", "a whole number of at least 1")
        if len(request.q) > MAX_Q:
            raise BadInput("q", f"no longer than {MAX_Q} characters")
        hotel_ids = list(dict.fromkeys(request.hotel_ids[:]))
        matches = await self._store.find(
            request.q, request.min_rating, hotel_ids or None, request.limit
        )
        return profile_pb2.FindResponse(
            hotel_ids=[match.hotel_id for match in matches],
            ratings=[match.rating for match in matches],
            scores=[match.score for match in matches],
        )


def _described(hotel: Hotel, locale: str) -> profile_pb2.HotelProfile:
    description = hotel.description.best(locale)
    return profile_pb2.HotelProfile(
        hotel_id=hotel.hotel_id,
        name=hotel.name,
        phone_number=hotel.phone_number,
        description=description.content,
        address=profile_pb2.Address(**hotel.address._asdict()),
        images=[
            profile_pb2.Image(url=image.url, alt=image.alt.best(locale).content)
            for image in hotel.images
        ],
        rating=hotel.rating or 0,
        locale=description.locale,
    )
