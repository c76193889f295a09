"""What the documents name exists: links, commands, targets, paths, environment names."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^()\s]+)\)")
CODE_SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"manage\.py +([a-z_]+)(?=[\s`'\"]|$)(?P<rest>[^`\n|;#]*)")
TARGET = re.compile(r"(?:^|`|&& )(?:[A-Z_]+=\S+ )*make ([a-z]+)(?=[\s`]|$)", re.MULTILINE)
PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml|md|svg)")
ENVIRONMENT = re.compile(
    r"""env\.\w+\(\s*"([A-Z_]+)"|_secret\(\s*"([A-Z_]+)"|environ(?:\.get\(|\[)\s*"((?:SALESINTEL|LOG)_[A-Z_]+)"|\$\{(SALESINTEL_[A-Z_]+)"""
)
INTERNAL = {"SALESINTEL_TEST_RUN"}  # how a test run's own processes find each other; nobody sets it


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_of(name: str) -> str:
    """Everything on the page that is set as code."""
    text = text_of(name)
    return "\n".join([*FENCE.findall(text), *(f"`{span}`" for span in CODE_SPAN.findall(FENCE.sub("", text)))])


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# --- Links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    broken = []
    for link in LINK.findall(FENCE.sub("", text_of(name))):
        target, _, anchor = unquote(link).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = page.parent / target if target else page
        if not there.exists() or (anchor and anchor not in anchors_of(there)):
            broken.append(link)

    assert broken == []


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (ROOT / name).parent.joinpath(link.partition("#")[0]).resolve()
        for name in NAMES
        for link in LINK.findall(text_of(name))
        if not re.match(r"[a-z]+:", link)
    }
    linked |= {folder / "README.md" for folder in linked if folder.is_dir()}

    assert [name for page, name in zip(PAGES, NAMES, strict=True) if page not in linked and name != "README.md"] == []


# --- Commands and targets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_command_exists(name: str) -> None:
    named = {found[1] for found in COMMAND.finditer(code_of(name))}

    assert named - get_commands().keys() == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_option_of_our_own_commands_exists(name: str) -> None:
    unknown = []
    for found in COMMAND.finditer(code_of(name)):
        command, app = found[1], get_commands()[found[1]]
        if isinstance(app, str) and app.startswith(("enrichment", "salesintel")):
            parser = load_command_class(app, command).create_parser("manage.py", command)
            known = {option for action in parser._actions for option in action.option_strings}
            unknown += [
                f"{command} {option}" for option in re.findall(r"--[a-z-]+", found["rest"]) if option not in known
            ]

    assert unknown == []


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))

    assert set(TARGET.findall(code_of(name))) - targets == set()


# --- Paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "docs/architecture.md",
        "docs/adding-a-source.md",
        "docs/changing-rules.md",
        "docs/production.md",
        "CONTRIBUTING.md",
    ],
)
def test_every_path_exists(name: str) -> None:
    named = {span for span in CODE_SPAN.findall(FENCE.sub("", text_of(name))) if PATH.fullmatch(span)}
    homes = (ROOT, ROOT / "enrichment", ROOT / "enrichment/workflow", ROOT / "salesintel")

    missing = {path for path in named if "NAME" not in path and not any((home / path).exists() for home in homes)}

    assert missing == set()
    assert named != set()


def test_the_folders_at_the_top_of_the_architecture_exist() -> None:
    folders = re.findall(r"^(\w+/)", FENCE.findall(text_of("docs/architecture.md"))[0], re.MULTILINE)

    assert len(folders) >= 4
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_every_module_of_the_engine_has_a_place_in_the_architecture() -> None:
    told = text_of("docs/architecture.md")
    modules = [
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "enrichment").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    ]

    homeless = {name for name in modules if f"`{name}`" not in told and f"`enrichment/{name}`" not in told}

    assert homeless == {"__init__.py", "apps.py", "migrations/"}


def test_every_table_is_in_the_architecture() -> None:
    told = text_of("docs/architecture.md")
    sources = [*(ROOT / "enrichment/models").glob("*.py"), ROOT / "salesintel/accounts/models.py"]
    tables = [
        table
        for source in sources
        for table in re.findall(
            r"^class (\w+)\((?:models\.Model|Rule|AbstractUser)\)", source.read_text(), re.MULTILINE
        )
    ]

    assert len(tables) > 30
    assert [table for table in tables if f"`{table}`" not in told and table != "Rule"] == []


# --- Environment ------------------------------------------------------------------------------------------------------


def environment_names() -> set[str]:
    """Every environment name that the code, the tests and the CI script read."""
    files = [ROOT / ".ci/run", ROOT / "Makefile"]
    for folder in ("salesintel", "enrichment", "tests"):
        files += [path for path in (ROOT / folder).rglob("*.py") if path != Path(__file__)]
    found = {name for path in files for names in ENVIRONMENT.findall(path.read_text()) for name in names if name}
    return found - INTERNAL


def test_every_environment_name_is_in_the_configuration() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", text_of("docs/configuration.md"), re.MULTILINE))
    read = environment_names()

    assert len(read) > 25
    assert read - documented == set()


def test_every_environment_name_in_the_configuration_is_read() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", text_of("docs/configuration.md"), re.MULTILINE))

    assert documented - environment_names() == set()


def test_every_name_of_the_example_environment_is_in_the_configuration() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", text_of("docs/configuration.md"), re.MULTILINE))

    assert set(re.findall(r"^#?([A-Z_]+)=", text_of(".env.example"), re.MULTILINE)) - documented == set()


# --- Self-containment -------------------------------------------------------------------------------------------------


def test_the_readme_fits_one_screen() -> None:
    assert len(text_of("README.md").splitlines()) <= 50


def test_pictures_bring_no_font_and_ask_nobody() -> None:
    for picture in (ROOT / "docs").rglob("*.svg"):
        text = picture.read_text(encoding="utf-8")

        assert re.findall(r"(?:https?:)?//(?!www\.w3\.org)[\w.]+", text) == []
        assert "@import" not in text
        assert "@font-face" not in text
        assert "prefers-color-scheme: dark" in text
