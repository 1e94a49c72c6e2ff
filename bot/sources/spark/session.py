"""The driver in this process: one for all connections, each of which has a session of its own."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import Unavailable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOGS = Path(__file__).with_name("log4j2.properties")
SETTINGS = {
    "spark.app.name": "Mainstay",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.structuredLogging.enabled": "false",
    "spark.log.level": "OFF",
    "spark.driver.extraJavaOptions": f"-Duser.timezone=UTC -Dlog4j2.configurationFile={LOGS.as_uri()}",
    "spark.sql.session.timeZone": "UTC",
    # What does not fit fails, as on the other engines, and never becomes an empty value.
    "spark.sql.ansi.enabled": "true",
    # A SELECT reads the tables it was given, and no path.
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
}
HERE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # So many tasks as a small machine has cores: by default a query of a thousand rows starts two hundred.
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    # Compiling a query to Java pays for data that one machine does not hold.
    "spark.sql.codegen.wholeStage": "false",
}


def started(master: str | None) -> SparkSession:
    """A session with views of its own, on the cluster of a master, or (None) on two threads of this process.

    Raises `Unavailable` (`spark_not_started`) where there is no Java, or no such master.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    # It writes each refused statement to the error stream, with all of Java's frames.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    builder = SparkSession.builder.master(master or "local[2]")
    for name, value in (SETTINGS if master else SETTINGS | HERE).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise Unavailable("spark_not_started", master=master or "local") from error
    if session.sparkContext.master != (master or "local[2]"):  # a process has one driver, and this is another's
        raise Unavailable("spark_not_started", master=master or "local")
    return session.newSession()
