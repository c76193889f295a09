"""The tables of contacts, their history, and what they are like."""

from personas.models.activity import File, Interaction, Thread
from personas.models.batches import PersonaBatch, PersonaBatchLine
from personas.models.benchmarks import Benchmark, ContactFigures, Distribution, OwnBenchmark, Range
from personas.models.contacts import Contact
from personas.models.deals import Deal, DealContact, DealStage, Product
from personas.models.hooks import CrmHook, CrmMessage
from personas.models.imports import Import, ImportChange, ImportFault, ImportPiece, ImportPreset
from personas.models.owned import Grant
from personas.models.personas import ContactPersona, PersonaFeedback, PersonaUse
from personas.models.policy import PersonaPolicy
from personas.models.predictions import Prediction, Predictor
from personas.models.privacy import Suppression
from personas.models.retrieval import (
    BehavioralPattern,
    EmbeddingCall,
    EmbeddingProvider,
    InteractionEmbedding,
    Profile,
)
from personas.models.sending import SentOnce
from personas.models.trials import PersonaArm, PersonaTrial

__all__ = [
    "BehavioralPattern",
    "Benchmark",
    "Contact",
    "ContactFigures",
    "ContactPersona",
    "CrmHook",
    "CrmMessage",
    "Deal",
    "DealContact",
    "DealStage",
    "Distribution",
    "EmbeddingCall",
    "EmbeddingProvider",
    "File",
    "Grant",
    "Import",
    "ImportChange",
    "ImportFault",
    "ImportPiece",
    "ImportPreset",
    "Interaction",
    "InteractionEmbedding",
    "OwnBenchmark",
    "PersonaArm",
    "PersonaBatch",
    "PersonaBatchLine",
    "PersonaFeedback",
    "PersonaPolicy",
    "PersonaTrial",
    "PersonaUse",
    "Prediction",
    "Predictor",
    "Product",
    "Profile",
    "Range",
    "SentOnce",
    "Suppression",
    "Thread",
]
