"""A question -> its answer: the one place that chains the steps of the road."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service import korean
from service.asking import compose, compound, confidence, follow_up, harm, readings, talk
from service.asking.clean import MAX_QUESTION, clean_question
from service.asking.follow_up import Turn
from service.asking.readings import Option, Whole
from service.asking.retrieve import Retrieval, Searched, is_fitted, ranked, retrieve, search
from service.asking.stream import Reply, Write
from service.index import Index
from service.types import Answer, Citation, Encoder, Fact, Hit

DEFAULT_TOP_K = 8
MAX_TOP_K = 50
MOST_SOURCES = 8
"""Facts that a language model is given."""


@dataclass(frozen=True, slots=True)
class Tutor:
    """What answering needs, loaded: an index and the encoder it was made with."""

    index: Index
    encoder: Encoder
    write: Write | None = None

    def ask(self, question: str, top_k: int = DEFAULT_TOP_K, turns: Sequence[Turn] = ()) -> Answer:
        """Answer a question after the `turns` before it. Raises EmptyQuestion, TextTooLong, BadText."""
        return self.reply(question, top_k, turns).whole()

    def reply(self, question: str, top_k: int = DEFAULT_TOP_K, turns: Sequence[Turn] = ()) -> Reply:
        """Find the answer to a question, still to be said. Raises EmptyQuestion, TextTooLong, BadText."""
        question = clean_question(question)
        heard = talk.hear(question, first=not turns)
        if heard.talk is not None:
            return Reply(question, talk.answer(heard.talk, question, self.index))
        question = korean.retyped(heard.question, self._knows)
        meant, found, wished = self._read(question, turns, top_k)
        certainty = confidence.judge(found.features, self.calibration)
        notes = compose.compose(
            meant, found.hits, certainty.status, certainty.confidence, self.index, found.need, wished
        )
        if meant == question:
            notes = self._both(question, notes, top_k) or notes
        return Reply(meant, notes, self._sources(notes, found.hits), self.write)

    def _read(self, question: str, turns: Sequence[Turn], top_k: int) -> tuple[str, Retrieval, str]:
        """What a question means after the turns before it, what the notes have for that, what it wishes."""
        alone = self._retrieve(question, max(top_k, DEFAULT_TOP_K))
        last = follow_up.leant_on(question, turns, alone, self.calibration)
        if last is None:
            return question, replace(alone, hits=alone.hits[: _within(top_k)]), question
        options, known = self.readings(question, last, alone)
        meant = readings.fitted().best(options, known)
        found = replace(meant.found, hits=meant.found.hits[: _within(top_k)])
        return meant.whole.text, found, wish_of(question, meant.whole)

    def readings(
        self, question: str, last: Turn, alone: Retrieval
    ) -> tuple[list[Option], list[readings.Features]]:
        """The ways to read a question that leans on the `last` turn, and what tells which is meant."""
        said = frozenset(fact.id for fact in last.facts)
        example = follow_up.wants_example(question)
        options = [Option(Whole("alone", question), alone)]
        for whole in follow_up.may_mean(question, last, self.index):
            wish = wish_of(question, whole)
            searched = search(whole.text[:MAX_QUESTION], self.index, self.encoder)
            found = self._ranked(searched, wish, DEFAULT_TOP_K, example=example)
            options.append(Option(whole, found))
            if any(hit.fact.id in said for hit in found.hits[:1]):
                fresh = self._ranked(searched, wish, DEFAULT_TOP_K, said, example=example)
                options.append(Option(whole, fresh, fresh=True))
        return options, readings.features(question, options, said, self.calibration)

    def _both(self, question: str, whole: Answer, top_k: int) -> Answer | None:
        """The answers to two questions asked at once, where `whole` has left one of them out."""
        if asked := compound.asked(question):
            both = self._two(asked, top_k)
            said = {citation.fact for citation in whole.citations} if whole.status == "answered" else set()
            return both[0] if both and not both[1] <= said else None
        if sides := self._uncompared(question, whole):
            both = self._two((compound.meaning(sides[0]), compound.meaning(sides[1])), top_k)
            return both[0] if both and both[0].confidence > whole.confidence else None
        return None

    def _two(self, asked: compound.Two, top_k: int) -> tuple[Answer, set[str]] | None:
        """The answers to two questions as one, and the fact that answers each best; None without either."""
        found = [self._retrieve(each, top_k) for each in asked]
        sure = [confidence.judge(each.features, self.calibration) for each in found]
        best = {each.hits[0].fact.id for each in found if each.hits}
        if any(each.status != "answered" for each in sure) or len(best) < len(asked):
            return None
        both = math.prod(each.confidence for each in sure)
        return compose.compose_two(list(zip(asked, found, strict=True)), both, self.index), best

    def _uncompared(self, question: str, whole: Answer) -> compound.Two | None:
        """The two things that a question compares, unless a fact that is said speaks of both."""
        sides = compound.sides(question)
        facts = [self.index.facts[self.index.numbers[citation.fact]] for citation in whole.citations]
        if sides and any(all(compose.speaks_of(fact, side) for side in sides) for fact in facts):
            return None
        return sides

    def turn(self, meant: str, facts: Sequence[str]) -> Turn:
        """A turn of a conversation, from what was kept of it; facts that have gone are left out."""
        numbers = self.index.numbers
        return Turn(meant, tuple(self.index.facts[numbers[fact]] for fact in facts if fact in numbers))

    def _sources(self, notes: Answer, hits: Sequence[Hit]) -> tuple[tuple[Fact, Citation], ...]:
        """The facts that a model may use: those the notes' answer says, then the next best."""
        if self.write is None:
            return ()
        cited = {citation.fact: citation for citation in notes.citations}
        for hit in hits:
            if len(cited) < MOST_SOURCES:
                cited.setdefault(hit.fact.id, compose.cite(hit.fact, self.index, hit.score))
        return tuple((self.index.facts[self.index.numbers[fact]], cited[fact]) for fact in cited)

    def _knows(self, word: str) -> bool:
        """Whether the notes or their questions use all that this word says."""
        if self.index.sparse.knows(word.lower()):
            return True
        tokens = korean.content(word)
        return bool(tokens) and all(self.index.sparse.knows(token) for token in tokens)

    @property
    def calibration(self) -> confidence.Calibration:
        """What judges how sure an answer is."""
        return confidence.mapped() if self.is_fitted else confidence.fitted(self.index.asked_share)

    @property
    def is_fitted(self) -> bool:
        """Whether the network orders the facts; else there is no map, or it is another encoder."""
        return is_fitted(self.index, self.encoder)

    def search(self, question: str, top_k: int = DEFAULT_TOP_K) -> tuple[Hit, ...]:
        """The ranked facts alone. Raises EmptyQuestion, TextTooLong, BadText."""
        asked = korean.retyped(clean_question(question), self._knows)
        return retrieve(asked, self.index, self.encoder, _within(top_k)).hits

    def retrieval(self, question: str) -> Retrieval:
        """What the notes have for a question by itself."""
        return self._retrieve(question, DEFAULT_TOP_K)

    def _retrieve(self, question: str, top_k: int) -> Retrieval:
        return self._ranked(search(question, self.index, self.encoder), question, top_k)

    def _ranked(
        self,
        searched: Searched,
        wish: str,
        top_k: int,
        but: frozenset[str] = frozenset(),
        *,
        example: bool = False,
    ) -> Retrieval:
        """The facts that may be said: none of `but`, none that destroys more than is wished."""

        def may(fact: Fact) -> bool:
            return fact.id not in but and harm.within(wish, fact)

        return ranked(searched, self.index, _within(top_k), within=may, example=example)


def wish_of(question: str, whole: Whole) -> str:
    """What tells the wish of a question read as `whole`."""
    return harm.wording(question, whole.text, instead=whole.kind == "swap")


def _within(top_k: int) -> int:
    return max(1, min(top_k, MAX_TOP_K))
