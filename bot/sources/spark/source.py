"""A session of Spark as a source: Ibis compiles each expression, the session runs it and brings the rows as Arrow.

The canonical tables are views of the session, which nobody else sees; what was parsed from text stays in Spark's
cache. Every thread of Python has a thread of its own in Java, so that many may ask at once; a question that takes
too long is stopped by the tag that its jobs bear.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.errors import BadData, OurFault, Unavailable
from bot.sources.connection import MOST_ROWS, SelectError, parsed_select, tables_in
from bot.sources.statement import statement

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

AGAIN_SECONDS = 0.2
"""Between two attempts to stop a query: while it is planned there is no job to be stopped."""
TORN = re.compile(r"file:\S*/([^/\s]+?)[.,]?(?=\s)")
OWN = "mainstay_"
"""How the names of our own views begin."""


class Spark:
    """One session, read by many threads."""

    dialect = "pyspark"

    def __init__(self, session: SparkSession, *, copy_selects: bool) -> None:
        """`copy_selects`: a SELECT is worked out once and kept, not anew in every question."""
        self.session = session
        self.copy_selects = copy_selects
        self.broken: dict[str, BadData] = {}
        self.changeable: tuple[str, ...] = ()
        self.stamp: Callable[[], str] = lambda: ""
        self._numbers = itertools.count()

    @property
    def names(self) -> tuple[str, ...]:
        """The company's own tables, those that cannot be read among them."""
        found = {table.name for table in self.session.catalog.listTables()}
        return tuple(sorted({name for name in found if not name.startswith(OWN)} | set(self.broken)))

    def raw(self, name: str) -> ir.Table:
        """One table as it is."""
        if name in self.broken:
            raise self.broken[name]
        return described(self.session.table(f"`{name}`"), name)

    def select(self, query: str) -> ir.Table:
        """A SELECT as a view of its own."""
        from pyspark.errors import PySparkException

        for name in tables_in(parsed_select(query, "spark")):
            if name in self.broken:
                raise self.broken[name]
        view = f"{OWN}select_{next(self._numbers)}"
        try:
            frame = self.session.sql(query)
        except PySparkException as error:
            unknown = (error.getMessageParameters() or {}).get("objectName")
            raise SelectError(unknown.replace("`", "") if unknown else None) from error
        frame.createOrReplaceTempView(view)
        return described(frame, view)

    def keep(self, name: str, table: ir.Table, *, parsed: bool, selected: bool) -> ir.Table:
        """A view, kept in Spark's cache where text is parsed or a SELECT would be worked out anew."""
        frame = self.session.sql(statement(table, self.dialect))
        if parsed or (selected and self.copy_selects):
            frame = frame.persist()
        frame.createOrReplaceTempView(OWN + name)
        return ibis.table(table.schema(), name=OWN + name)

    def run(self, expression: ir.Expr, statement: str, seconds: float) -> pd.DataFrame:
        """The result, in jobs that bear a tag of their own."""
        del expression
        from py4j.protocol import Py4JError
        from pyspark.errors import AnalysisException, PySparkException

        late = threading.Event()
        try:
            with self._timed(seconds, late):
                found = self.session.sql(statement).limit(MOST_ROWS + 1).toArrow()
        except AnalysisException as error:
            raise OurFault(str(error)) from error
        except (PySparkException, Py4JError, OSError) as error:
            if late.is_set():
                raise Unavailable("source_timeout", seconds=seconds) from error
            raise torn(error) or Unavailable("source_down") from error
        if found.num_rows > MOST_ROWS:
            raise BadData("too_many_rows", most=MOST_ROWS)
        frame: pd.DataFrame = found.to_pandas()
        return frame

    def writable(self) -> tuple[str, ...]:
        """Nothing in a folder: its files are only read. In a catalogue every table of it."""
        return self.changeable

    def version(self) -> str:
        """What the place of the tables says."""
        return self.stamp()

    @contextmanager
    def _timed(self, seconds: float, late: threading.Event) -> Iterator[None]:
        """Stops what this thread does after so many seconds, and says so by `late`."""
        tag, done = f"{OWN}{next(self._numbers)}", threading.Event()

        def stop() -> None:
            if done.wait(seconds):
                return
            late.set()
            while not done.wait(AGAIN_SECONDS):
                self.session.interruptTag(tag)

        watch = threading.Thread(target=stop, daemon=True)
        self.session.addTag(tag)
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()
            self.session.removeTag(tag)


def described(frame: DataFrame, name: str) -> ir.Table:
    """The table of that name, with the columns of a frame in Ibis's types."""
    from ibis.backends.pyspark.datatypes import PySparkType

    return ibis.table(dict(PySparkType.to_ibis(frame.schema).items()), name=name)


def torn(error: Exception) -> BadData | None:
    """Rows are read long after a CSV was opened; one with too many or too few cells shows only then."""
    found = TORN.search(str(error))
    return BadData("unreadable_file", file=found.group(1)) if found and "MALFORMED" in str(error) else None
