"""The Apache Beam pipelines, and the record formats that they write."""

import logging


def _is_not_about_crcmod(record: logging.LogRecord) -> bool:
    """Beam advises at import to install crcmod for its TFRecord sink, which is not used here."""
    return not str(record.msg).startswith("crcmod package not found")


logging.getLogger().addFilter(_is_not_about_crcmod)
