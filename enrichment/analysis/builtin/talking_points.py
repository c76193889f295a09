"""How to open the conversation, and what to do next, in the rep's role."""

from typing import Any

from enrichment.analysis import articles, findings
from enrichment.analysis.articles import Article
from enrichment.analysis.builtin.news import near, place_in_region, spoken_of, topic
from enrichment.analysis.builtin.technology import evidence_of_named, worked_in
from enrichment.analysis.model import Task
from enrichment.analysis.needs import THEMES, THEMES_OF_SIGNAL, Fit, themes_of
from enrichment.analysis.opportunities import Opportunity, competing, opportunities, products_field
from enrichment.analysis.phrases import joined, phrase, phrase_for_role, quoted
from enrichment.analysis.said import Said, derived, inferred
from enrichment.analysis.schemas import MOST_ARTICLES

_MOST_NEWS = 4
_MOST_POINTS = 8


def talking_points(task: Task, fits: list[Fit]) -> list[Said]:
    """Questions to open with, what the rep's role stresses first; of news the freshest by signal, its region first."""
    found = {"news": _of_news(task, fits), **_of_findings(task, fits)}
    order = dict.fromkeys([*(task.role.emphasis if task.role else ()), *found])
    points = [point for kind in order for point in found.get(kind, ())]
    return [point for point in points if point][:_MOST_POINTS]


def _of_news(task: Task, fits: list[Fit]) -> list[Said | None]:
    told = [article for article in articles.found(task) if article.signal and articles.is_news(article, task)]
    told.sort(key=lambda article: (not place_in_region(article, task.region), spoken_of(article) == "news"))
    first_of_signal = {spoken_of(article): article for article in reversed(told)}
    chosen = [article for article in told if first_of_signal[spoken_of(article)] is article][:_MOST_NEWS]
    return [_question(task, article, fits) for article in chosen]


def _question(task: Task, article: Article, fits: list[Fit]) -> Said | None:
    names = {"topic": topic(article) or "", "theme": theme_for(article, fits), "company": task.company}
    names["headline"] = quoted(article.headline)
    key = spoken_of(article)
    plain = phrase("questions", _role(task), f"{key}_plain", **names) if not names["theme"] else None
    return inferred(plain or phrase_for_role("questions", _role(task), key, **names), article.evidence)


def theme_for(article: Article, fits: list[Fit]) -> str:
    """The theme that the signal and the vendor's fitting products share; else the best fit's; else the signal's own.

    Never growth into new markets: money, and a site that reopens, need not be for that.
    """
    asked = [name for name in THEMES_OF_SIGNAL.get(spoken_of(article), []) if name != "expansion"]
    offered = [fit.theme for fit in fits if fit.theme and fit.theme.name != "expansion"]
    shared = next((theme.label for theme in offered if theme.name in asked), "")
    if shared or offered:
        return shared or offered[0].label
    return THEMES[asked[0]].label if asked else ""


def _of_findings(task: Task, fits: list[Fit]) -> dict[str, list[Said | None]]:
    """By kind, in the usual order."""
    pains, used = findings.challenges(task), competing(task)
    field = products_field(task)
    posts = sorted(findings.jobs(task), key=lambda job: not (themes_of(job.title) & field))
    return {
        "challenge": [
            _point(task, kind, quoted(pain.name), pain.evidence)
            for kind, pain in zip(("challenge", "challenge_more"), pains, strict=False)
        ],
        "systems": [_of_systems(task, fits)],
        "usage": [_point(task, "usage", named.name, named.evidence) for named in used[:1]],
        "job": [_point(task, "job", job.title, job.evidence) for job in posts[:1]],
    }


def _point(task: Task, kind: str, name: str, evidence: tuple[str, ...], theme: str = "") -> Said | None:
    sentence = phrase_for_role("questions_by_kind", _role(task), kind, name=name, company=task.company, theme=theme)
    return inferred(sentence, evidence)


def _of_systems(task: Task, fits: list[Fit]) -> Said | None:
    """A question across systems in daily use: those to be worked with, else those that people work in."""
    systems = (findings.integrations(task) or worked_in(task))[:3]
    theme = next((fit.theme.label for fit in fits if fit.theme), "")
    return _point(task, "systems", joined([named.name for named in systems]), evidence_of_named(systems), theme)


def opportunity_signals(task: Task, fits: list[Fit]) -> list[Any]:
    """Reasons to call now, most urgent first, each with the next step for the rep's role."""
    news = {article.headline: article for article in articles.found(task)}
    told: set[str] = set()
    chosen = opportunities(task)[:MOST_ARTICLES]
    return [_opportunity(task, found, news.get(found.name), fits, told) for found in chosen]


def _opportunity(
    task: Task, found: Opportunity, article: Article | None, fits: list[Fit], told: set[str]
) -> dict[str, Any]:
    """One reason to call; `told` are the steps that stand with another."""
    return {
        "signal": Said(found.signal, found.claim),
        "source": derived(found.source, "finding_kind", found.evidence),
        "urgency": derived(found.urgency, "urgency", found.evidence),
        "action": derived(found.action, "signal_rule", found.evidence) or _action(task, found, article, fits, told),
    }


def _action(task: Task, found: Opportunity, article: Article | None, fits: list[Fit], told: set[str]) -> Said | None:
    if article is None:
        step = phrase_for_role("actions_by_kind", _role(task), found.kind, name=quoted(found.name))
        return inferred(step, found.evidence)
    names = {"theme": theme_for(article, fits), "headline": quoted(article.headline)}
    signal = spoken_of(article)
    step = phrase_for_role("actions", _role(task), signal, **names)
    mark = signal if signal == "news" else step
    if mark in told:
        more = phrase("more", _role(task), headline=quoted(article.headline))
        return inferred(more or phrase("more", "other", headline=quoted(article.headline)), found.evidence)
    told.update(filter(None, (mark,)))
    return inferred(" ".join(filter(None, (step, near(article, task.region)))), found.evidence)


def _role(task: Task) -> str:
    return task.role.speaks_as if task.role else ""
