"""Text -> the tokens that BM25 counts.

Three views of the same text, because each fails where another holds: morphemes (볼륨을 is
볼륨), character bigrams of each Hangul run (typing mistakes, words mecab doesn't know), and
technical words whole and in parts (`docker-compose.yml`, `--restart`, `0.0.0.0:80`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from service.korean.search.morphemes import Morpheme, morphemes
from service.korean.search.vocabulary import GROUPS, RESPELLINGS
from service.korean.text.characters import normalise

_CONTENT = frozenset({"NNG", "NNP", "NR", "XR", "VV", "VA", "SH", "UNKNOWN"})
_GLUE = ("J", "E", "S", "VCP", "XSV", "XSA")
_STOP = frozenset({"하", "되", "있", "어떻", "그렇", "이렇", "가요"})
"""Light verbs and adverbs in verb's clothing; 가요 is mecab's reading of "인가요"."""

_TECHNICAL = re.compile(r"(?:--?|[~.]{0,2}/|[.$@])?[A-Za-z0-9_]+(?:[-./:@+=,]+[A-Za-z0-9_]+)*")
_OTHER = re.compile(r"[^\W\d_a-zA-Z가-힣ㄱ-ㅣ一-鿿]+")
_HANGUL = re.compile("[가-힣]{2,}")
_ACRONYM = re.compile("(?<=[A-Z])(?=[A-Z][a-z]{2})")
_RESPELL = re.compile("|".join(sorted(RESPELLINGS, key=len, reverse=True)))
_LONGEST_PHRASE = 4

Word = tuple[str, bool]
"""A morpheme's form, and whether it is a token by itself (or only part of a phrase)."""


def tokens(text: str) -> list[str]:
    """The tokens of `text`, repeats kept: morphemes, technical words, bigrams."""
    text = _RESPELL.sub(lambda match: RESPELLINGS[match.group()], normalise(text))
    return [*_lexical(text), *_technical(text), *_other(text), *_bigrams(text)]


def content(text: str) -> list[str]:
    """The words of `text` that carry meaning: its tokens without the bigrams."""
    text = _RESPELL.sub(lambda match: RESPELLINGS[match.group()], normalise(text))
    return [*_lexical(text), *_technical(text), *_other(text)]


def _lexical(text: str) -> Iterator[str]:
    words = _words(morphemes(text))
    phrases = _vocabulary()
    at = 0
    while at < len(words):
        size, token = _longest(words, at, phrases)
        own = [form for form, alone in words[at : at + size] if alone]
        yield from (phrases.get((form,), form) for form in own)
        if token is not None and size > 1:
            yield token
        at += size


def _longest(words: Sequence[Word], at: int, phrases: dict[tuple[str, ...], str]) -> tuple[int, str | None]:
    """How many words from `at` on are one phrase of the vocabulary, and its token."""
    for size in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
        token = phrases.get(tuple(form for form, _ in words[at : at + size]))
        if token is not None:
            return size, token
    return 1, None


def _words(found: Sequence[Morpheme]) -> list[Word]:
    """The forms that carry meaning; a compound gives itself and then its parts."""
    words: list[Word] = []
    for morpheme in found:
        if len(morpheme.parts) > 1 and "+" not in morpheme.tag:
            words.append((morpheme.surface.lower(), morpheme.tag in _CONTENT))
        for form, tag in morpheme.parts:
            if tag in ("SL", "SN") or not tag.startswith(_GLUE):
                words.append((form.lower(), tag in _CONTENT and form not in _STOP))
    return words


def _technical(text: str) -> Iterator[str]:
    known = _vocabulary()
    for match in _TECHNICAL.finditer(text):
        for word in _pieces(match.group()):
            token = known.get((word,), word)
            yield token
            if not token.isascii():  # `rm` is what people type, 삭제 what it means
                yield word


def _pieces(word: str) -> Iterator[str]:
    """A technical word, then its parts: at `=` `,`, at path steps, at every mark, at OOM|Killed."""
    seen = dict.fromkeys([word.lower()])
    for value in re.split("[=,]", word):
        seen |= dict.fromkeys([value.lower()])
        for step in re.split("[/:@]", value):
            marks = re.split(r"[^A-Za-z0-9]+", step)
            parts = [step, *marks, *(part for mark in marks for part in _ACRONYM.split(mark))]
            seen |= dict.fromkeys(part.lower() for part in parts if len(part) > 1)
    yield from seen


def _other(text: str) -> Iterator[str]:
    """Words in scripts that are neither Latin nor Korean, whole."""
    return (match.group().lower() for match in _OTHER.finditer(text))


def _bigrams(text: str) -> Iterator[str]:
    for match in _HANGUL.finditer(text):
        yield from (a + b for a, b in pairwise(match.group()))


@cache
def _vocabulary() -> dict[tuple[str, ...], str]:
    """Phrase (the forms of its words) -> token; read on first use, for it asks mecab."""
    known: dict[tuple[str, ...], str] = {}
    for line in GROUPS.strip().splitlines():
        token, _, aliases = line.partition(": ")
        for alias in (token, *aliases.split(", ")):
            for form in (alias, alias + "s") if alias.isascii() and alias[-1] != "s" else (alias,):
                known[(form.lower(),)] = known[_key(form)] = (
                    token  # mecab may read it otherwise in a sentence
                )
    return known


def _key(phrase: str) -> tuple[str, ...]:
    """A Latin word as it is, for mecab cuts k8s in three; anything else as mecab reads it."""
    if phrase.isascii() and " " not in phrase:
        return (phrase.lower(),)
    return tuple(form for form, _ in _words(morphemes(phrase)))
