"""The addresses of the pages of contacts. A contact is its owner's, and of those with whom it is shared."""

from django.urls import path

from personas.pages.batch_views import BatchesPage, BatchPage, BatchPart, SteerBatch
from personas.pages.contacts import ContactPage, ContactsPage, GenerateView, RateView
from personas.pages.erasing import EraseContact
from personas.pages.import_views import ImportPage, ImportPart, ImportsPage, ReadImport, SteerImport
from personas.pages.patterns import PatternsPage
from personas.pages.records import AddDeal, AddInteraction, EditContact, EditDeal, NewContact
from personas.pages.report import ReportPage
from personas.pages.sharing import SharingPage, StopSharing

urlpatterns = [
    path("contacts/import/", ImportsPage.as_view(), name="imports"),
    path("contacts/import/<uuid:import_id>/", ImportPage.as_view(), name="import"),
    path("contacts/import/<uuid:import_id>/live/", ImportPart.as_view(), name="import-part"),
    path("contacts/import/<uuid:import_id>/read/", ReadImport.as_view(), name="read-import"),
    path("contacts/import/<uuid:import_id>/steer/", SteerImport.as_view(), name="steer-import"),
    path("contacts/report/", ReportPage.as_view(), name="persona-report"),
    path("contacts/personas/", BatchesPage.as_view(), name="persona-batches"),
    path("contacts/personas/<uuid:batch_id>/", BatchPage.as_view(), name="persona-batch"),
    path("contacts/personas/<uuid:batch_id>/live/", BatchPart.as_view(), name="persona-batch-part"),
    path("contacts/personas/<uuid:batch_id>/steer/", SteerBatch.as_view(), name="steer-persona-batch"),
    path("contacts/", ContactsPage.as_view(), name="contacts"),
    path("contacts/patterns/", PatternsPage.as_view(), name="patterns"),
    path("contacts/new/", NewContact.as_view(), name="new-contact"),
    path("contacts/sharing/", SharingPage.as_view(), name="sharing"),
    path("contacts/sharing/<int:grant_id>/stop/", StopSharing.as_view(), name="stop-sharing"),
    path("contacts/<uuid:contact_id>/", ContactPage.as_view(), name="contact-page"),
    path("contacts/<uuid:contact_id>/edit/", EditContact.as_view(), name="edit-contact"),
    path("contacts/<uuid:contact_id>/happened/", AddInteraction.as_view(), name="add-interaction"),
    path("contacts/<uuid:contact_id>/deals/", AddDeal.as_view(), name="add-deal"),
    path("contacts/<uuid:contact_id>/deals/<uuid:deal_id>/", EditDeal.as_view(), name="edit-deal"),
    path("contacts/<uuid:contact_id>/share/", SharingPage.as_view(), name="share-contact"),
    path("contacts/<uuid:contact_id>/erase/", EraseContact.as_view(), name="erase-contact"),
    path("contacts/<uuid:contact_id>/generate/", GenerateView.as_view(), name="generate-persona"),
    path("personas/<uuid:persona_id>/rate/", RateView.as_view(), name="rate-persona"),
]
