"""The Korean language in one place: characters, tokens, sentences, particles, politeness."""

from service.korean.search.keyboard import retyped
from service.korean.search.morphemes import morphemes
from service.korean.search.nouns import nouns
from service.korean.search.words import content, tokens, wording
from service.korean.style.particles import josa, with_josa
from service.korean.style.politeness import polite
from service.korean.text.characters import has_other_script, normalise
from service.korean.text.sentences import sentence_spans, sentences

__all__ = [
    "content",
    "has_other_script",
    "josa",
    "morphemes",
    "normalise",
    "nouns",
    "polite",
    "retyped",
    "sentence_spans",
    "sentences",
    "tokens",
    "with_josa",
    "wording",
]
