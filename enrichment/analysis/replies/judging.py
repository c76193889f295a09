"""Whether a sentence of a reply may stand: the checker of reports, one sentence at a time. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field

from enrichment.analysis.grounding import Judge
from enrichment.analysis.model import Claim, Support, Task, Withheld
from enrichment.analysis.replies.cutting import Cutter, Sentence
from enrichment.analysis.text import tidy

PURPOSE = "chat_answer"


@dataclass(slots=True)
class Hearing:
    """A reply as it is heard: each sentence is given on as soon as it is over and the evidence bears it.

    `kept` are those sentences, `withheld` the others, each with why.
    """

    task: Task
    tell: Callable[[Sentence], None]
    kept: list[Sentence] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    has_begun: bool = False
    _cutter: Cutter = field(default_factory=Cutter)
    _judge: Judge | None = None

    def hear(self, piece: str) -> None:
        self.has_begun = True
        self._weigh(self._cutter.feed(piece))

    def end(self) -> None:
        """The reply is whole: its last line is over too."""
        self._weigh(self._cutter.end())

    def _weigh(self, sentences: list[Sentence]) -> None:
        for sentence in sentences:
            why = self.complaint(sentence)
            if why is None:
                self.kept.append(sentence)
                self.tell(sentence)
            else:
                place = f"/sentences/{len(self.kept) + len(self.withheld)}"
                self.withheld.append(Withheld(pointer=place, text=tidy(sentence.text, 300), why=why))

    def complaint(self, sentence: Sentence) -> str | None:
        """Why the sentence may not stand; None where it may."""
        self._judge = self._judge or Judge(self.task)
        claim = Claim(evidence=sentence.evidence, support=Support.INFERRED)
        return self._judge.complaint(sentence.text, claim, path=("sentences", 0))
