"""The endpoints by which a test or a person steers the sandbox. Answers at once and is not counted as a call."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from enrichment.sandbox.faults import BadFault, rule_from_json
from enrichment.sandbox.messages import Reply, Request, json_reply
from enrichment.sandbox.world import LAST_CHAPTER, rates_on_file

if TYPE_CHECKING:
    from enrichment.sandbox.app import Sandbox


class Control:
    """`GET calls`, `health`, `rates`; `GET|POST|DELETE faults`; `GET|POST chapter`; `POST latency`, `reset`.

    All below `/_control/`.
    """

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox

    def answer(self, request: Request) -> Reply:
        match request.method, request.path:
            case "GET", "/health":
                reply = json_reply({"status": "ok", "companies": len(self.sandbox.world.companies)})
            case "GET", "/rates":
                reply = json_reply(rates_on_file())
            case "GET", "/calls":
                reply = self.calls(request)
            case "GET" | "POST", "/faults":
                reply = self.faults() if request.method == "GET" else self.add_faults(request.json())
            case "DELETE", "/faults":
                self.sandbox.faults.rules.clear()
                reply = self.faults()
            case "POST", "/latency":
                reply = self.set_latency(request.json())
            case "GET" | "POST", "/chapter":
                reply = self.chapter() if request.method == "GET" else self.turn_to(request.json())
            case "POST", "/reset":
                self.sandbox.reset()
                reply = json_reply({"status": "reset"})
            case _:
                reply = json_reply({"error": f"{request.method} {request.path} is not here.", "see": self.__doc__}, 404)
        return reply

    def calls(self, request: Request) -> Reply:
        """`?kind=serp_news`, `?host=api.snov.io`, `?since=<number>` narrow the list."""
        since = request.field("since", "0")
        if not since.isdecimal():
            return json_reply({"error": "`since` is the number of a call."}, 400)
        report = self.sandbox.meter.report(kind=request.field("kind"), host=request.field("host"), since=int(since))
        return json_reply(report)

    def faults(self) -> Reply:
        return json_reply({"rules": [asdict(rule) for rule in self.sandbox.faults.rules]})

    def add_faults(self, content: Any) -> Reply:
        """Add one rule, a list of rules, or `{"rules": […]}`; all or none."""
        given = content.get("rules", [content]) if isinstance(content, dict) else content
        try:
            rules = [rule_from_json(rule) for rule in given or ()]
        except (BadFault, TypeError) as error:
            return json_reply({"error": str(error)}, 400)
        self.sandbox.faults.rules.extend(rules)
        return self.faults()

    def chapter(self) -> Reply:
        return json_reply({"chapter": self.sandbox.chapter, "last": LAST_CHAPTER})

    def turn_to(self, content: Any) -> Reply:
        """The next chapter, or `{"chapter": 3}`. After the last one nothing happens any more."""
        given = content if isinstance(content, dict) else {}
        chapter = given.get("chapter", min(self.sandbox.chapter + 1, LAST_CHAPTER))
        if not (isinstance(chapter, int) and 1 <= chapter <= LAST_CHAPTER):
            return json_reply({"error": f"`chapter` is a number from 1 to {LAST_CHAPTER}."}, 400)
        self.sandbox.chapter = chapter
        return self.chapter()

    def set_latency(self, content: Any) -> Reply:
        """`{"factor": 0}`, or `{"seconds": 1.0, "host": "serpapi.com"}` for a fixed time (every host without one)."""
        pacing = self.sandbox.pacing
        given = content if isinstance(content, dict) else {}
        value = given.get("factor", given.get("seconds"))
        if not isinstance(value, int | float) or value < 0:
            return json_reply({"error": "Give `factor`, or `seconds` and perhaps `host`; not below 0."}, 400)
        if "factor" in given:
            pacing.factor = float(value)
            pacing.fixed.clear()
        else:
            pacing.fixed[str(given.get("host", "*"))] = float(value)
        return json_reply({"factor": pacing.factor, "fixed": pacing.fixed})
