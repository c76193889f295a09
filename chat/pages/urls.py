"""The addresses of the conversation's pages. A conversation is its user's own."""

from django.urls import path

from chat.pages.views import (
    ChatPage,
    ChatsPage,
    DeleteView,
    JudgeView,
    LivePart,
    NameView,
    NewChat,
    RestoreView,
    SayView,
    StopView,
)

urlpatterns = [
    path("chat/", ChatsPage.as_view(), name="chats"),
    path("chat/new/", NewChat.as_view(), name="new-chat"),
    path("chat/<uuid:session_id>/", ChatPage.as_view(), name="chat"),
    path("chat/<uuid:session_id>/live/", LivePart.as_view(), name="chat-part"),
    path("chat/<uuid:session_id>/say/", SayView.as_view(), name="say"),
    path("chat/<uuid:session_id>/stop/", StopView.as_view(), name="stop-chat"),
    path("chat/<uuid:session_id>/name/", NameView.as_view(), name="name-chat"),
    path("chat/<uuid:session_id>/delete/", DeleteView.as_view(), name="delete-chat"),
    path("chat/<uuid:session_id>/restore/", RestoreView.as_view(), name="restore-chat"),
    path("chat/messages/<uuid:message_id>/judge/", JudgeView.as_view(), name="judge"),
]
