"""What a question asks for beyond the rows that may be shown to its asker: it is told as that, never as none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.errors import NotAllowed
from bot.types import Filters, RowFilter, filters


class Seen:
    """The rows that pass every row filter, by the values of each dimension; a market is its countries."""

    def __init__(self, row_filters: tuple[RowFilter, ...], markets: Mapping[str, tuple[str, ...]]) -> None:
        self._markets = markets
        self._row_filters = row_filters
        self._seen: dict[str, frozenset[str]] = {}
        for one in row_filters:
            axis, passing = self._meant(one.dimension, one.values)
            self._seen[axis] = self._seen.get(axis, passing) & passing

    @property
    def filters(self) -> Filters:
        """The row filters as filters, for a sentence."""
        return tuple((one.dimension, one.values) for one in self._row_filters)

    def outside(self, asked: Filters) -> Filters:
        """The values among those asked for of which nothing may be shown."""
        found: dict[str, list[str]] = {}
        for dimension, values in asked:
            for value in values:
                axis, meant = self._meant(dimension, (value,))
                if axis in self._seen and not meant & self._seen[axis]:
                    found.setdefault(dimension, []).append(value)
        return filters(found)

    def check(self, asked: Filters, without: Filters) -> None:
        """Raises NotAllowed where all that is asked for lies outside; a part that does may be left out and said."""
        outside = self.outside(asked)
        wholly = [name for name, values in asked if (name, values) in outside]
        if wholly:
            raise NotAllowed("outside_rights", filters=outside, seen=self.filters)
        for dimension, values in without:
            axis, meant = self._meant(dimension, values)
            if axis in self._seen and not self._seen[axis] - meant:
                raise NotAllowed("outside_rights_rest", filters=((dimension, values),), seen=self.filters)

    def _meant(self, dimension: str, values: Iterable[str]) -> tuple[str, frozenset[str]]:
        """(the dimension that decides, its values)."""
        if dimension != "market":
            return dimension, frozenset(values)
        return "country", frozenset(country for name in values for country in self._markets.get(name, ()))
