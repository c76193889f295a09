"""Companies that somebody watches: the list, what changed at each, and the mail of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from enrichment.automation.watches import checks, digest, keeping
from enrichment.automation.watches.keeping import InvalidWatch, NotNow, WatchedAlready, keep_an_eye
from enrichment.companies import AmbiguousCompany
from enrichment.models import Digest, Origin, Watch
from enrichment.pages import watched
from enrichment.pages.page import Page, user_of
from enrichment.pages.watched import WatchForm
from enrichment.rules import live
from enrichment.workflow import chapters
from enrichment.workflow.chapters import NoChapter

LISTED = 100


class WatchesPage(Page):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.listed(WatchForm())

    def listed(self, form: WatchForm, *, status: int = 200) -> HttpResponse:
        user = user_of(self.request)
        rows = Watch.objects.visible_to(user).counted().defer("seen", "seen_sources")[:LISTED]
        context = {
            "form": form,
            "watches": [watched.line(watch) for watch in rows],
            "digest": Digest.objects.filter(user=user).first(),
            "choices": Digest.Every.choices,
            "has_mail": bool(user.email),
        }
        return self.shown("enrichment/watches.html", context, status=status)


class AddWatch(WatchesPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("watches")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Watch the company; asks back in words where it is not certain."""
        user, form = user_of(request), WatchForm(request.POST)
        if not form.is_valid():
            return self.listed(form, status=400)
        try:
            watch = keep_an_eye(form.ask(user), user=user)
        except WatchedAlready as error:
            watch = error.watch
        except InvalidWatch as error:
            for name, words in error.errors.items():
                form.add_error(name if name in form.fields else None, words)
            return self.listed(form, status=400)
        except AmbiguousCompany as error:
            named = ", ".join(each.company.reference for each in error.candidates[:5])
            form.add_error("company", _("Several companies go by that name; give a domain: %s.") % named)
            return self.listed(form, status=409)
        return redirect("watch", watch_id=watch.pk)


class WatchPage(Page):
    def get(self, request: HttpRequest, watch_id: UUID) -> HttpResponse:
        """What changed; it counts as read from now on."""
        watch = own_watch(request, watch_id)
        context = watched.shown(watch) | {"is_sandbox": live.origin() == Origin.SANDBOX}
        Watch.objects.filter(pk=watch.pk).update(looked_at=timezone.now())
        return self.shown("enrichment/watch.html", context)


class SteerWatch(Page):
    def post(self, request: HttpRequest, watch_id: UUID) -> HttpResponse:
        """Do what the pressed button names."""
        watch, step = own_watch(request, watch_id), request.POST.get("step", "")
        given: dict[str, Any] = {}
        try:
            match step:
                case "check":
                    checks.check_now(watch)
                    messages.info(request, _("It is being checked; what changed appears here."))
                case "pause" | "resume":
                    given = {"paused": step == "pause"}
                case "end":
                    watch.delete()
                    return redirect("watches")
                case "daily" | "weekly" | "monthly":
                    given = {"every": step}
            if given:
                keeping.change(watch, given)
        except (NotNow, InvalidWatch) as error:
            messages.warning(request, str(error))
        return redirect("watch", watch_id=watch_id)


class NextChapter(Page):
    def post(self, request: HttpRequest, watch_id: UUID) -> HttpResponse:
        """Let time pass in the sandbox, and say so where the button was pressed."""
        own_watch(request, watch_id)
        try:
            chapter = chapters.turn()
        except NoChapter as error:
            messages.warning(request, str(error))
        else:
            told = _("Time has passed in the sandbox: chapter %(number)d of %(last)d. Check now, and see what changed.")
            messages.info(request, told % {"number": chapter.number, "last": chapter.last})
        return redirect("watch", watch_id=watch_id)


class DigestChoice(Page):
    def post(self, request: HttpRequest) -> HttpResponse:
        """Be mailed so often from now on."""
        every = request.POST.get("every", "")
        try:
            if every in Digest.Every.values:
                digest.subscribe(user_of(request), every)
        except InvalidWatch as error:
            messages.warning(request, " ".join(error.errors["every"]))
        return redirect("watches")


@method_decorator(csrf_exempt, name="dispatch")  # a mail program posts here (RFC 8058); the address is the right to it
class StopDigest(View):
    """Ends the mails to whom the address was made for. Opening it asks first, for programs open what they find."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "enrichment/digest_stop.html", {"is_over": False})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        known = digest.unsubscribe(token)
        return render(
            request, "enrichment/digest_stop.html", {"is_over": True, "known": known}, status=200 if known else 404
        )


def own_watch(request: HttpRequest, watch_id: UUID) -> Watch:
    rows = Watch.objects.visible_to(user_of(request)).select_related("company", "vendor").defer("seen", "seen_sources")
    return get_object_or_404(rows, pk=watch_id)
