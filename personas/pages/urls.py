"""The addresses of the pages of contacts. A contact is its owner's, and of those with whom it is shared."""

from django.urls import path

from personas.pages.contacts import ContactPage, ContactsPage, GenerateView, NewContact, RateView
from personas.pages.import_views import ImportPage, ImportPart, ImportsPage, ReadImport, SteerImport

urlpatterns = [
    path("contacts/import/", ImportsPage.as_view(), name="imports"),
    path("contacts/import/<uuid:import_id>/", ImportPage.as_view(), name="import"),
    path("contacts/import/<uuid:import_id>/live/", ImportPart.as_view(), name="import-part"),
    path("contacts/import/<uuid:import_id>/read/", ReadImport.as_view(), name="read-import"),
    path("contacts/import/<uuid:import_id>/steer/", SteerImport.as_view(), name="steer-import"),
    path("contacts/", ContactsPage.as_view(), name="contacts"),
    path("contacts/new/", NewContact.as_view(), name="new-contact"),
    path("contacts/<uuid:contact_id>/", ContactPage.as_view(), name="contact-page"),
    path("contacts/<uuid:contact_id>/generate/", GenerateView.as_view(), name="generate-persona"),
    path("personas/<uuid:persona_id>/rate/", RateView.as_view(), name="rate-persona"),
]
