"""Login and logout."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from salesintel.pages.views import SignInView

urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
