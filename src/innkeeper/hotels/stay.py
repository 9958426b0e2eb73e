"""Stays: from the day a guest arrives to the day they leave."""

import datetime
from collections.abc import Sequence
from functools import cached_property

import msgspec

from innkeeper.errors import BadInput
from innkeeper.pb.rate.v1 import rate_pb2

MAX_NIGHTS = 30
A_DATE = "a date like 2015-04-09"
A_LATER_DATE = f"a date after the arrival and at most {MAX_NIGHTS} nights later"

MonthDay = tuple[int, int]
"""A day of every year: month and day, both from 1. Ordered as the year is."""

_DAY = datetime.timedelta(days=1)


def is_stay(in_date: datetime.date, out_date: datetime.date) -> bool:
    """Whether the days are one to thirty nights apart."""
    return 1 <= (out_date - in_date).days <= MAX_NIGHTS


# A request makes two; a dataclass takes four times as long to make.
class Stay(msgspec.Struct, frozen=True, dict=True):
    """One to thirty nights; the guest does not sleep on the day of `out_date`."""

    in_date: datetime.date
    out_date: datetime.date

    def __post_init__(self) -> None:
        """Hold the length.

        Raises:
            BadInput: the last day is not one to thirty nights after the first.
        """
        if not is_stay(self.in_date, self.out_date):
            raise BadInput("out_date", A_LATER_DATE)

    @classmethod
    def from_message(cls, message: rate_pb2.Stay) -> "Stay":
        """Read the stay of a request.

        Raises:
            BadInput: a date is missing or impossible, or the length is wrong; the field is named
                as seen from the request, such as `stay.in_date`.
        """
        in_date = _date("stay.in_date", message.in_date)
        out_date = _date("stay.out_date", message.out_date)
        try:
            return cls(in_date, out_date)
        except BadInput as error:
            raise BadInput(f"stay.{error.field}", error.allowed) from None

    @cached_property
    def nights(self) -> Sequence[datetime.date]:
        """The evenings of the stay, from the first night on."""
        count = (self.out_date - self.in_date).days
        return [self.in_date + night * _DAY for night in range(count)]

    @cached_property
    def days(self) -> Sequence[MonthDay]:
        """The nights by the days that they begin on, whatever the year."""
        return [(night.month, night.day) for night in self.nights]


def _date(field: str, text: str) -> datetime.date:
    # fromisoformat alone also takes 20150409 and 2015-W15-4.
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            pass
    raise BadInput(field, A_DATE)
