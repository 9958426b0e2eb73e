"""The Profile service: hotels described in a language."""

from innkeeper.hotels.profile.hotel import Hotel
from innkeeper.hotels.profile.store import ProfileStore
from innkeeper.pb.profile.v1 import profile_pb2


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
