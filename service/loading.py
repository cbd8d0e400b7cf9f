"""What was built -> what answers: encoder, index, cards and language model of the settings, opened."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from service.asking.tutor import Tutor
from service.baked import adopt_baked
from service.cards import shelf
from service.cards.shelf import Shelf
from service.encoder.serve import load_encoder
from service.index import current_generation, load_index
from service.llm.client import load_model
from service.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One generation, opened: who answers from it, and its cards."""

    tutor: Tutor
    shelf: Shelf


def load(settings: Settings) -> Loaded:
    """Open encoder and index. Raises EncoderError or IndexUnusable, which name the command that mends it."""
    encoder = load_encoder(settings.encoder_dir, threads=settings.encoder_threads)
    if settings.baked_dir is not None:
        adopt_baked(settings, settings.baked_dir / "index", encoder)
    index = load_index(settings.index_dir, encoder)
    model = load_model(settings)
    cards = load_shelf(settings, index.generation)
    tutor = Tutor(index, encoder, model.write if model else None)
    if index.needs and not tutor.is_fitted:
        log.warning(
            "the network for the needs was not fitted on %s: the fused score orders facts", encoder.id
        )
    return Loaded(tutor, cards)


def load_tutor(settings: Settings) -> Tutor:
    """Who answers alone; the rest is as in `load`."""
    return load(settings).tutor


def load_shelf(settings: Settings, generation: str | None = None) -> Shelf:
    """The cards of one generation of the index, of the current one unless given. Raises IndexUnusable."""
    return shelf.load(settings.index_dir / (generation or current_generation(settings.index_dir)))
