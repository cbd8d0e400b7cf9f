"""The error tree. No HTTP and no Korean in it: interfaces give the status, `messages` the words.

* TutorError
  x InputError            what a person or program sent can't be used
    - EmptyQuestion
    - TextTooLong         size, limit
    - BadText             reason
    - UnknownDocument     document
    - UnknownQuestion     question
    - UnknownCard         card
    - UnknownDraft        draft
    - UnknownImage        image, document
    - UnknownDeck         deck
    - UnknownDeckVersion  version
    - EmptyDeck
    - CardRefused         reasons
    - BadDocumentId       document
    - NoteRefused         line, reason
    - IdCollision         document, other
    - DocumentChanged     document
    - TooManyDocuments    limit
    - LastDocument        document
    - NotMarkdown         given
    - NoUserMessage
    - UnknownModel        model
  x AccessError             who is asking may not
    - Unauthorised
    - Forbidden
    - ForeignHost         host
    - ForeignOrigin       origin
    - TooManyRequests     seconds
  x CorpusError           the folder of notes can't be used
    - CorpusMissing       path
    - CorpusEmpty         path
    - NoteError           path, line, reason
    - BankError           path, line, reason
    - LedgerError         path, reason
  x EncoderError
    - EncoderMissing      path
    - EncoderDamaged      path, reason
    - EncoderBuildError   model, reason
  x IndexUnusable         always mended by a build
    - IndexMissing        path
    - IndexDamaged        path, reason
    - IndexMismatch       reason
  x GenerationFailed      reason: the language model's; never leaves the answer
  x StoreError            reason
  x StorageError          path, reason
  x SettingsError         name, reason
  x SlackError            Slack's Web API didn't do what it was asked
    - SlackRefused        method, error, needed
    - SlackUnreachable    method, error
  x EvaluationFileError   path, line, reason
  x Overloaded            more questions at once than the server takes
  x NotAnswering          seconds: how long a question of our own has waited
  x ServerEnds            the server was told to end before the answer was said
  x WorkerDied            code: a worker process ended before it could serve
"""

from __future__ import annotations

BROKEN_NOTES = 3
"""Exit code of a build that left notes out, and is good all the same; 1 is an error, 2 a wrong line."""


class TutorError(Exception):
    """Base of every error we raise on purpose; `fields` are what its message is made from."""

    def __init__(self, **fields: str | int) -> None:
        self.fields = fields
        listed = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        super().__init__(f"{type(self).__name__}({listed})")


class InputError(TutorError):
    """What a person or program sent can't be used."""


class EmptyQuestion(InputError):
    """The question has no letters or digits left after normalising."""


class TextTooLong(InputError):
    """`size` characters were sent where `limit` are allowed."""


class BadText(InputError):
    """The text has characters that can't be stored or shown (NUL, lone surrogates)."""


class UnknownDocument(InputError):
    """No document has the id `document`."""


class UnknownQuestion(InputError):
    """Nobody asked a question with the id `question`, or it is somebody else's."""


class UnknownCard(InputError):
    """There is no card with the id `card`, or it is somebody else's."""


class UnknownDraft(InputError):
    """No question with the id `draft` waits for review."""


class UnknownImage(InputError):
    """`document` has no image `image` that could be shown."""


class UnknownDeck(InputError):
    """No deck has the name `deck`."""


class UnknownDeckVersion(InputError):
    """What the deck held at `version` (an ETag) isn't known, or no longer."""


class EmptyDeck(InputError):
    """No card is left to export."""


class CardRefused(InputError):
    """The quality gate refuses the card for `reasons` (codes, separated by spaces)."""


class BadDocumentId(InputError):
    """No note can be added under the id `document`."""


class NoteRefused(InputError):
    """The note that was sent can't be served, for `reason`, at `line`."""


class IdCollision(InputError):
    """The note sent for `document` says that its id is `other`."""


class DocumentChanged(InputError):
    """`document` isn't any more, or never was, what the writer says to have seen."""


class TooManyDocuments(InputError):
    """The service holds `limit` added notes already."""


class LastDocument(InputError):
    """`document` is the only one: without it there would be nothing to answer from."""


class NotMarkdown(InputError):
    """The body is of the media type `given`; notes are Markdown."""


class NoUserMessage(InputError):
    """A chat whose messages hold no question of the user in words."""


class UnknownModel(InputError):
    """No model is called `model`."""


class AccessError(TutorError):
    """Who is asking may not do that."""


class Unauthorised(AccessError):
    """A key is needed, and none or a wrong one was given."""


class Forbidden(AccessError):
    """The key that was given doesn't open this."""


class ForeignHost(AccessError):
    """The request names `host`, by which this service isn't known."""


class ForeignOrigin(AccessError):
    """A browser sends this for a page of `origin`, which isn't ours."""


class TooManyRequests(AccessError):
    """The caller has asked too often; after `seconds` there is room again."""


class CorpusError(TutorError):
    """The folder of notes can't be used."""


class CorpusMissing(CorpusError):
    """`path` isn't a folder."""


class CorpusEmpty(CorpusError):
    """`path` holds no note with a fact."""


class NoteError(CorpusError):
    """The note at `path` is broken at `line` for `reason`; the others still build."""


class BankError(CorpusError):
    """The question bank at `path` is broken at `line` for `reason`."""


class LedgerError(CorpusError):
    """The ledger at `path` can't be read: never overwritten, for it holds people's history."""


class EncoderError(TutorError):
    """The encoder can't be used."""


class EncoderMissing(EncoderError):
    """No serving encoder at `path`: it has not been built."""


class EncoderDamaged(EncoderError):
    """The serving encoder at `path` fails its check for `reason`."""


class EncoderBuildError(EncoderError):
    """`model` could not be turned into a serving encoder for `reason`."""


class IndexUnusable(TutorError):
    """The index can't be served; a build mends it."""


class IndexMissing(IndexUnusable):
    """No index at `path`."""


class IndexDamaged(IndexUnusable):
    """The index at `path` fails its check for `reason`."""


class IndexMismatch(IndexUnusable):
    """The index was made for something else (format, encoder, dimension): `reason`."""


class GenerationFailed(TutorError):
    """The language model gave no answer that holds, for `reason`; the notes' own words stand."""


class StoreError(TutorError):
    """The database can't be used for `reason`."""


class StorageError(TutorError):
    """The file or folder at `path` can't be read or written for `reason`: disk full, no right, read-only."""


class SettingsError(TutorError):
    """The setting `name` has a value that can't be used for `reason`."""


class Overloaded(TutorError):
    """More questions are in work and waiting than the server takes."""


class NotAnswering(TutorError):
    """A question that the server asks itself has waited for `seconds`: others would wait too."""


class ServerEnds(TutorError):
    """The server was told to end, and the answer wasn't said in the time that was left."""


class WorkerDied(TutorError):
    """A worker process ended with `code` (negative: by that signal) before it could serve."""


class SlackError(TutorError):
    """Slack's Web API didn't do what it was asked."""


class SlackRefused(SlackError):
    """Slack answered `method` with `error`, and would again; `needed` is the missing scope, if that is it."""


class SlackUnreachable(SlackError):
    """Slack could not be reached for `method`, or asks to wait longer than we do: later it may work."""


class EvaluationFileError(TutorError):
    """The evaluation file at `path` is broken at `line` for `reason`."""
