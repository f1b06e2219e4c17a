"""Afluente: a self-hosted CRM in which every channel flows into one pipeline."""

__version__ = "0.1.0"
