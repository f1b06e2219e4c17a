"""Sources of the search box have time, however busy the machine is: what is found is not about that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from afluente.ui import finding


@pytest.fixture(autouse=True)
def _patient_sources(monkeypatch):
    patient = {name: replace(one, seconds=one.seconds and 30) for name, one in finding._sources.items()}
    monkeypatch.setattr(finding, "_sources", patient)
