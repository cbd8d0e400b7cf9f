"""The Korean language in one place: characters, tokens, sentences, particles, politeness."""

from service.korean.characters import has_other_script, normalise
from service.korean.keyboard import retyped
from service.korean.nouns import nouns
from service.korean.particles import josa, with_josa
from service.korean.politeness import polite
from service.korean.sentences import sentence_spans, sentences
from service.korean.words import content, tokens

__all__ = [
    "content",
    "has_other_script",
    "josa",
    "normalise",
    "nouns",
    "polite",
    "retyped",
    "sentence_spans",
    "sentences",
    "tokens",
    "with_josa",
]
