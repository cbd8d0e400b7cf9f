"""An answer as it is being said: in the notes' own words, or in a model's as far as the facts say the same.

Sentences come in the order of the answer, each is final once it is said, and citations are numbered by
their first use. Where the model breaks off, the facts that it hasn't said follow in the notes' words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from service.errors import GenerationFailed
from service.llm.client import Stop, Written
from service.notes.danger import danger_of
from service.notes.warning import is_warning, warning
from service.types import Answer, Citation, Fact, Sentence, WrittenBy

Write = Callable[[str, Sequence[Fact], Stop], Iterator[Written]]
"""Words an answer to a self-contained question from facts. Raises GenerationFailed."""

log = logging.getLogger(__name__)


@dataclass
class Reply:
    """The reply to a question as it was `meant`: in the notes' words, or a model's from the `sources`."""

    meant: str
    notes: Answer
    sources: tuple[tuple[Fact, Citation], ...] = ()
    write: Write | None = None
    stop: Stop = field(default_factory=Stop)
    _said: list[Sentence] = field(default_factory=list)
    _cited: list[Citation] = field(default_factory=list)
    _by_model: int = 0

    @property
    def is_written(self) -> bool:
        """Whether a model is asked, and saying the answer takes seconds."""
        return self.write is not None and self.notes.status == "answered"

    def sentences(self) -> Iterator[Sentence]:
        """The sentences, each as soon as it is certain. For one listener."""
        if self.write is None or not self.is_written:
            yield from self.notes.sentences
            return
        facts = [fact for fact, _ in self.sources]
        try:
            for written in self.write(self.meant, facts, self.stop):
                yield from self._warnings(written)
                self._by_model += 1
                yield self._say(written.text, [self.sources[number][1] for number in written.facts])
        except GenerationFailed as error:
            log.warning("%s; the notes' own words follow", error)
            yield from self._rest()

    @property
    def answer(self) -> Answer:
        """The whole answer, once every sentence is said."""
        if not self.is_written or not self._by_model:
            return self.notes
        told = sum(not is_warning(sentence.text) for sentence in self._said)
        by: WrittenBy = "llm" if self._by_model == told else "both"
        return replace(self.notes, sentences=tuple(self._said), citations=tuple(self._cited), written_by=by)

    def whole(self) -> Answer:
        """Say everything at once."""
        for _ in self.sentences():
            pass
        return self.answer

    def _rest(self) -> Iterator[Sentence]:
        """What the notes say and the model hasn't."""
        done = {citation.fact for citation in self._cited}
        for sentence in self.notes.sentences:
            citations = [self.notes.citations[number] for number in sentence.citations]
            if not done.issuperset(citation.fact for citation in citations) or not self._by_model:
                yield self._say(sentence.text, citations, sentence.item)

    def _warnings(self, written: Written) -> Iterator[Sentence]:
        """What must stand before a sentence from facts that destroy or open something, each said once."""
        for fact, citation in (self.sources[number] for number in written.facts):
            danger = danger_of(fact)
            if danger and warning(danger) not in {sentence.text for sentence in self._said}:
                yield self._say(warning(danger), [citation])

    def _say(self, text: str, citations: Sequence[Citation], item: str = "") -> Sentence:
        known = {citation.fact: number for number, citation in enumerate(self._cited)}
        for citation in citations:
            if citation.fact not in known:
                known[citation.fact] = len(self._cited)
                self._cited.append(citation)
        sentence = Sentence(text, tuple(known[citation.fact] for citation in citations), item)
        self._said.append(sentence)
        return sentence
