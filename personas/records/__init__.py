"""Writes contacts, interactions, deals, products and files: what people, the API, imports and hooks change passes here.

What comes in is given as `ContactGiven`, `InteractionGiven`, `DealGiven`, `FileGiven`; of each there is a form for many
rows, in a few queries, that says of every row what became of it (`Saved` or `Refused`), and one for a single row, which
raises `Refused`. A row is known by its owner, its system and that system's id for it: sent twice it is one row. What
is not given stays as it is. Everything is plain Python in one transaction; texts are never logged.
"""

from personas.records.contacts import change_contact, save_contact, save_contacts
from personas.records.deals import change_deal, save_deal, save_deals
from personas.records.deleting import delete_deal, delete_file, delete_interaction
from personas.records.files import save_file
from personas.records.given import ABSENT, ContactGiven, DealGiven, FileGiven, InteractionGiven, Party
from personas.records.interactions import change_interaction, save_interaction, save_interactions
from personas.records.saving import AddressTaken, Gone, IdTaken, Refused, Saved, Suppressed

__all__ = [
    "ABSENT",
    "AddressTaken",
    "ContactGiven",
    "DealGiven",
    "FileGiven",
    "Gone",
    "IdTaken",
    "InteractionGiven",
    "Party",
    "Refused",
    "Saved",
    "Suppressed",
    "change_contact",
    "change_deal",
    "change_interaction",
    "delete_deal",
    "delete_file",
    "delete_interaction",
    "save_contact",
    "save_contacts",
    "save_deal",
    "save_deals",
    "save_file",
    "save_interaction",
    "save_interactions",
]
