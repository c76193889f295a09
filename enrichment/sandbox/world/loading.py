"""Reads `companies/*.toml` and `further/*.toml` into frozen values. One that does not fit fails at start."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from enrichment.sandbox.world.model import Article, Company
from enrichment.sandbox.world.public import Registrant, StrangeBoard

FOLDER = Path(__file__).parent
COMPANY = TypeAdapter(Company)
ARTICLES = TypeAdapter(tuple[Article, ...])
RATES = TypeAdapter(dict[str, dict[str, float]])
REGISTRANTS = TypeAdapter(tuple[Registrant, ...])
BOARDS = TypeAdapter(tuple[StrangeBoard, ...])


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
    """Every company, by file name: first those that have a story of their own, then those that make up the numbers."""
    folders = (FOLDER / "companies", FOLDER / "further")
    return tuple(company_from(path) for folder in folders for path in sorted(folder.glob("*.toml")))


@cache
def noise_on_file() -> tuple[Article, ...]:
    """News about nobody in particular, which a search engine mixes in."""
    return ARTICLES.validate_python(_noise()["news"])


@cache
def rates_on_file() -> dict[str, dict[str, float]]:
    """By source, how much it knows and how often it is wrong, in the words of `rates.Rates`."""
    return RATES.validate_python(tomllib.loads((FOLDER / "rates.toml").read_text("utf-8")))


@cache
def registrants_on_file() -> tuple[Registrant, ...]:
    """Listed companies that are none of the world's."""
    return REGISTRANTS.validate_python(_noise()["registrants"])


@cache
def boards_on_file() -> tuple[StrangeBoard, ...]:
    """Job boards of nobody in the world."""
    return BOARDS.validate_python(_noise()["boards"])


def _noise() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "noise.toml").read_text("utf-8"))
