"""What this room alone keeps; steps and decisions live in the journal, their papers have identities here."""

from __future__ import annotations

from deploy.models.carts import Handover, HandoverSignature, Incident, Stocktake, StocktakeSight
from deploy.models.field import CheckGuess, FieldAct, FieldDecision
from deploy.models.issued import ConventionVersion, LoadedBaseline, LoadedConvention, QuarterFile, QuarterIssue
from deploy.models.letters import Letter, MailAddress
from deploy.models.papers import (
    CalendarFeed,
    Decision,
    EvidenceFile,
    InvoicePaper,
    Meeting,
    PaymentPaper,
    ReportingRequest,
    Visit,
)

TABLES = (
    LoadedConvention,
    LoadedBaseline,
    QuarterIssue,
    QuarterFile,
    InvoicePaper,
    PaymentPaper,
    EvidenceFile,
    FieldAct,
    FieldDecision,
    Meeting,
    Decision,
    CheckGuess,
    Handover,
    HandoverSignature,
    Incident,
    Stocktake,
    StocktakeSight,
    Visit,
    CalendarFeed,
    MailAddress,
    Letter,
    ReportingRequest,
    ConventionVersion,
)

__all__ = ["TABLES", "CalendarFeed", "CheckGuess", "ConventionVersion", "Decision", "EvidenceFile", "FieldAct", "FieldDecision", "Handover", "HandoverSignature", "Incident", "InvoicePaper", "Letter", "LoadedBaseline", "LoadedConvention", "MailAddress", "Meeting", "PaymentPaper", "QuarterFile", "QuarterIssue", "ReportingRequest", "Stocktake", "StocktakeSight", "Visit"]
