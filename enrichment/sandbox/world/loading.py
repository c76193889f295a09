"""Reads `companies/*.toml` into frozen values. A file that does not fit the model fails at start, by name."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from enrichment.sandbox.world.model import Article, Company

FOLDER = Path(__file__).parent
COMPANY = TypeAdapter(Company)
ARTICLES = TypeAdapter(tuple[Article, ...])


class BadWorld(Exception):
    """A world file cannot be read; the message names the file and the field."""


def company_from(path: Path) -> Company:
    """The company that one file describes. Raises `BadWorld`."""
    try:
        return COMPANY.validate_python(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadWorld(f"{path.name}: {error}") from error


@cache
def companies_on_file() -> tuple[Company, ...]:
    """Every company, by file name."""
    return tuple(company_from(path) for path in sorted((FOLDER / "companies").glob("*.toml")))


@cache
def noise_on_file() -> tuple[Article, ...]:
    """News about nobody in particular, which a search engine mixes in."""
    return ARTICLES.validate_python(tomllib.loads((FOLDER / "noise.toml").read_text("utf-8"))["news"])
