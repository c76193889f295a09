"""Login, logout, and one's own account."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from salesintel.pages.account import AccountPage, KeysPage, PasswordPage, RevokePage, RotatePage
from salesintel.pages.views import SignInView

urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/", AccountPage.as_view(), name="account"),
    path("account/password/", PasswordPage.as_view(), name="password"),
    path("account/keys/", KeysPage.as_view(), name="keys"),
    path("account/keys/<int:key_id>/revoke/", RevokePage.as_view(), name="revoke-key"),
    path("account/keys/<int:key_id>/rotate/", RotatePage.as_view(), name="rotate-key"),
]
