"""The addresses of conversations: `versioned` under /api/v1, `aliases` as the documents name them, `sockets`."""

from django.urls import path

from chat.api.exports import ExportView
from chat.api.intelligence import CustomerIntelligenceInChatView
from chat.api.sockets import ChatSocketView
from chat.api.streams import ChatEventsView
from chat.api.views import FeedbackView, MessagesView, QuestionView, RestoreView, SessionsView, SessionView, StopView

versioned = [
    path("chat/sessions", SessionsView.as_view()),
    path("chat/sessions/<uuid:session_id>", SessionView.as_view()),
    path("chat/sessions/<uuid:session_id>/restore", RestoreView.as_view()),
    path("chat/sessions/<uuid:session_id>/messages", MessagesView.as_view()),
    path("chat/sessions/<uuid:session_id>/events", ChatEventsView.as_view(), name="chat-events"),
    path("chat/sessions/<uuid:session_id>/stop", StopView.as_view()),
    path("chat/sessions/<uuid:session_id>/export", ExportView.as_view(), name="export-chat"),
    path("chat/messages/<uuid:message_id>/feedback", FeedbackView.as_view()),
    path("chat/question", QuestionView.as_view()),
    path("intelligence/customer", CustomerIntelligenceInChatView.as_view()),
]

aliases = [
    path("api/chat/question", QuestionView.as_view(schema=None)),
    path("api/intelligence/customer", CustomerIntelligenceInChatView.as_view(schema=None)),
]

sockets = [path("ws/chat/<uuid:session_id>/", ChatSocketView.as_view(schema=None), name="chat-socket")]
