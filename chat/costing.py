"""What a conversation has cost, by what it was for; and what it would cost to know more, with buttons that begin it."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from chat import choosing
from chat.answering.model import Action
from chat.answering.telling import inert
from chat.answering.words import joined
from chat.answers import CONFIRM
from chat.choosing import ask_of, own_key
from chat.memory import Memory
from chat.models import ChatMessage, ChatSession, ChatTurn
from chat.money import answer_key, usd
from chat.questions import Question
from chat.saying import Saying
from chat.slots import OF, words_of
from chat.taking import say_once, whole
from chat.understanding.words import words
from enrichment import door
from enrichment.door import Outlook, RequestError
from enrichment.models import Company, ResearchRequest

COST = "cost"
AHEAD = frozenset("would will could might ll going gonna next more".split())
BEHIND = frozenset("so far already did was were spent paid".split())
SHOWN = 60  # characters of a question that name what was paid


def is_ahead(text: str) -> bool:
    """Whether a question about costs asks for what is yet to be bought."""
    spoken = set(words(text))
    return bool(spoken & AHEAD) and not spoken & BEHIND


def tell_cost(turn: ChatTurn) -> None:
    """What was paid so far and for what; where what is to come is asked for, its price. Nothing is bought."""
    spent, company = turn.session.spent(), turn.session.company
    metadata = {"intent": COST, "cost": float(spent)}
    if not is_ahead(words_of(turn)):
        say_once(turn, Saying(content=_so_far(turn.session, spent), metadata=metadata))
    elif company is None:
        told = _("What it would cost depends on the company. Which one is it? Nothing is bought before you choose it.")
        say_once(turn, Saying(content=told, metadata=metadata), ChatTurn.State.ASKING)
    else:
        say_once(turn, _to_come(turn.session, company, spent))


# --- So far -----------------------------------------------------------------------------------------------------------


def _so_far(session: ChatSession, spent: Decimal) -> str:
    if not spent:
        return _("This conversation has cost nothing so far.")
    total = _("This conversation has cost %(cost)s so far.") % {"cost": usd(spent)}
    lines = [_("- %(cost)s for %(what)s") % {"cost": usd(paid), "what": what} for what, paid in _items(session)]
    note = _("What is told beforehand is an estimate and an upper limit; these are what was paid.")
    return "\n".join([total, "", *lines, "", note])


def _items(session: ChatSession) -> Iterator[tuple[str, Decimal]]:
    """What was paid for, with USD that were spent and are held, oldest first; a question's two requests as one."""
    asked = _asked(session)
    sums: dict[str, Decimal] = {}
    rows = ResearchRequest.objects.filter(chat_follows__session=session).select_related("company").order_by("created")
    for request in rows:
        company = inert(request.company.name)
        question = asked.get(request.idempotency_key or "")
        if request.consumer == door.CONVERSATION and not _pays_an_engine(request):
            what = _("the research on %(company)s") % {"company": company}
        elif question:
            what = _("the question “%(question)s”") % {"question": question}
        else:
            what = _("a question about %(company)s") % {"company": company}
        sums[what] = sums.get(what, Decimal(0)) + request.spent + request.reserved
    return ((what, paid) for what, paid in sums.items() if paid)


def _pays_an_engine(request: ResearchRequest) -> bool:
    """Whether it pays an engine's answer, under whichever consumer that is."""
    return (request.idempotency_key or "").startswith("chat-answer-")


def _asked(session: ChatSession) -> dict[str, str]:
    """Idempotency key of what a turn may have asked for → the words of that turn."""
    said = ChatMessage.objects.filter(session=session, type=ChatMessage.Type.USER).select_related("turn")
    found: dict[str, str] = {}
    own = {each.turn_id: each.content for each in said if each.turn_id}
    for each in said:
        if each.turn is None:
            continue
        first = each.turn.slots.get(OF)
        text = " ".join(own.get(UUID(first) if first else each.turn.pk, each.content).split())
        short = inert(text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()} …")
        found |= {own_key(each.turn): short, answer_key(each.turn): short}
    return found


# --- To come ----------------------------------------------------------------------------------------------------------


def _to_come(session: ChatSession, company: Company, spent: Decimal) -> Saying:
    """What completes the last answer, then the whole preparation; each with its price and the button that begins it."""
    try:
        told = [*_of_answer(session, company), *_of_preparation(session, company)]
    except (RequestError, door.IdentityError) as error:
        told = [(_("That could not be found out: %(why)s") % {"why": inert(str(error))}, None)]
    if spent:
        told.append((_("This conversation has cost %(cost)s so far.") % {"cost": usd(spent)}, None))
    return Saying(
        content="\n\n".join(line for line, _action in told),
        actions=[action for _line, action in told if action is not None],
        metadata={"intent": COST, "cost": float(spent)},
    )


def _of_answer(session: ChatSession, company: Company) -> Iterator[tuple[str, Action | None]]:
    """What the last answer lacks, where it is of this company and something could be bought for it."""
    held = Memory.of(session).message
    message = session.messages.filter(pk=held).exclude(turn=None).first() if held else None
    if message is None or message.turn_id is None:
        return
    question = Question.of(whole(message.turn_id))
    price = question.outlook() if question is not None and question.company == company else None
    if question is None or price is None:
        return
    lacks = joined([inert(str(each["label"]).lower()) for each in message.metadata.get("missing", ())])
    if price.is_held:
        if lacks:
            yield (
                _("No source has what the last answer lacks (%(what)s): nothing is left to buy.") % {"what": lacks},
                None,
            )
        return
    what = _("What the last answer lacks (%(what)s)") % {"what": lacks} if lacks else ""
    payload = {"turn": str(question.turn.pk), "maxCost": str(price.worst)}
    label = _("Find out, up to %(worst)s") % {"worst": usd(price.worst)}
    action = Action(id="confirm", label=label, action=CONFIRM, payload=payload)
    yield _priced(what or _("Bringing the last answer up to date"), price), action


def _of_preparation(session: ChatSession, company: Company) -> Iterator[tuple[str, Action | None]]:
    request, name = session.research, inert(company.name)
    if request is not None and request.company_id == company.pk and request.status == ResearchRequest.Status.ATTACHED:
        words = _("The research on %(company)s under way may cost %(most)s at most; what it finds is then known.")
        most = max(request.cap or Decimal(0), request.spent + request.reserved)
        yield words % {"company": name, "most": usd(most)}, None
        return
    price = door.outlook(ask_of(session, company, consumer=door.CONVERSATION), by=session.user)
    if price.is_held:
        yield (
            _("All that a preparation on %(company)s takes is known: it costs nothing more.") % {"company": name},
            None,
        )
        return
    payload = {"reference": company.reference, "maxCost": str(price.worst)}
    label = _("Prepare, up to %(worst)s") % {"worst": usd(price.worst)}
    action = Action(id="prepare", label=label, action=choosing.CONFIRM, payload=payload)
    yield _priced(_("A complete preparation on %(company)s") % {"company": name}, price), action


def _priced(what: str, price: Outlook) -> str:
    told = {"what": what, "expected": usd(price.expected), "worst": usd(price.worst)}
    if not price.worst:
        return _("%(what)s costs nothing.") % told
    return (
        _("%(what)s costs about %(expected)s, at most %(worst)s. Nothing is bought until you press the button.") % told
    )
