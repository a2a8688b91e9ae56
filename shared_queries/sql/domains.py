"""What a domain is: trimmed, keyed, labelled (metrics.md, Domains)."""

from typing import Any

from sqlalchemy import ColumnElement, Text, Uuid, collate, func, literal_column

from shared_queries.sql.literals import word
from shared_queries.sql.parameters import DOMAIN

BLANKS = " \t\n\r\f\v"
"""Space, tab, LF, CR, FF, VT: what is trimmed at both ends. Nothing else, so not `str.strip()`, which knows more."""
_BLANKS_IN_SQL = literal_column(r"E' \t\n\r\f\x0b'", Text)  # E'\v' would be the letter v


def trimmed(text: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the text without white space at its ends, compared by code point."""
    return collate(func.btrim(text, _BLANKS_IN_SQL, type_=Text), "C")


def spelling(text: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the domain as written, trimmed; null if blank."""
    return func.nullif(trimmed(text), word(""), type_=Text)


def key(spelled: ColumnElement[Any]) -> ColumnElement[str]:
    """Return what makes two spellings one domain: lower case in the database's own collation, whatever the column's."""
    return collate(func.lower(collate(spelled, "default"), type_=Text), "C")


def is_asked_for(spelled: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a spelling is one of the domain of the parameter `DOMAIN`."""
    return key(spelled) == key(trimmed(DOMAIN))


def hash_of_key(domain_key: ColumnElement[Any]) -> ColumnElement[Any]:
    """Name a domain in the rollups, like the database's own `analytics.domain_hash`."""
    return func.analytics.text_hash(domain_key, type_=Uuid)


def hash_asked_for() -> ColumnElement[Any]:
    """Name the domain of the parameter `DOMAIN` in the rollups."""
    return hash_of_key(key(trimmed(DOMAIN)))
