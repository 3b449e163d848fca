"""What the page searches History for, as it stands in addresses."""

from dataclasses import replace
from datetime import date, tzinfo
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sdgui.errors import UserError
from sdgui.local_days import begin_of, end_of, zone_named
from sdgui.picture_query import Order, PictureQuery
from sdgui.records import Mark

ALL = "all"
"""The one section of pictures that are not sorted by when they were made."""

Text = Annotated[str, Field(max_length=1000)]


class Search(BaseModel):
    """The search and its zone; what is left out is no wish."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: Text = ""
    model: Text | None = None
    sampler: Text | None = None
    lora: Text | None = None
    size: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$")] | None = (
        None
    )
    since: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    kept: bool = False
    rejected: bool = False
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    bin: bool = False
    sort: Order = Order.NEWEST
    tz: Text = ""

    @property
    def zone(self) -> tzinfo:
        """Where the days are those of whoever asks."""
        return zone_named(self.tz)

    @property
    def is_by_day(self) -> bool:
        """Whether the pictures follow each other as they were made."""
        return self.sort in (Order.NEWEST, Order.OLDEST)

    @property
    def mark(self) -> Mark | None:
        """What the pictures are marked with; no picture is both kept and rejected."""
        if self.kept and self.rejected:
            raise UserError("No picture is both kept and rejected.", "Ask for one of them.")
        return Mark.KEPT if self.kept else Mark.REJECTED if self.rejected else None

    def query(self) -> PictureQuery:
        """What is wanted of all sections."""
        width, height = (None, None) if self.size is None else map(int, self.size.split("x"))
        return PictureQuery(
            text=self.q,
            model=self.model,
            sampler=self.sampler,
            lora=self.lora,
            width=width,
            height=height,
            since=None if self.since is None else begin_of(self.since, self.zone),
            until=None if self.to is None else end_of(self.to, self.zone),
            mark=self.mark,
            rating=self.rating,
            binned=self.bin,
            order=self.sort,
        )

    def query_of(self, section: str) -> PictureQuery:
        """What is wanted of one section: a day, or `all`; UserError for any other text."""
        query = self.query()
        if section == ALL:
            return query
        try:
            day = date.fromisoformat(section)
        except ValueError as error:
            raise UserError("There is no such section.", "It is a day, or all.") from error
        begin, end = begin_of(day, self.zone), end_of(day, self.zone)
        return replace(
            query,
            since=begin if query.since is None else max(begin, query.since),
            until=end if query.until is None else min(end, query.until),
        )


class Part(Search):
    """One section of it."""

    section: Annotated[str, Field(max_length=32)]


class Stretch(Part):
    """So many pictures of a section, from a place on."""

    offset: Annotated[int, Field(ge=0, le=2**53)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100
