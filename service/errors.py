"""The error tree. No HTTP and no Korean in it: interfaces give the status, `messages` the words.

* TutorError
  x InputError            what a person or program sent can't be used
    - EmptyQuestion
    - TextTooLong         size, limit
    - BadText             reason
    - UnknownDocument     document
    - UnknownQuestion     question
  x AccessError             who is asking may not
    - Unauthorised
    - Forbidden
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
  x StoreError            reason
  x SettingsError         name, reason
  x SlackError            Slack's Web API didn't do what it was asked
    - SlackRefused        method, error, needed
    - SlackUnreachable    method, error
  x EvaluationFileError   path, line, reason
  x Overloaded            more questions at once than the server takes
"""

from __future__ import annotations


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


class AccessError(TutorError):
    """Who is asking may not do that."""


class Unauthorised(AccessError):
    """A key is needed, and none or a wrong one was given."""


class Forbidden(AccessError):
    """The key that was given doesn't open this."""


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


class StoreError(TutorError):
    """The database can't be used for `reason`."""


class SettingsError(TutorError):
    """The setting `name` has a value that can't be used for `reason`."""


class Overloaded(TutorError):
    """More questions are in work and waiting than the server takes."""


class SlackError(TutorError):
    """Slack's Web API didn't do what it was asked."""


class SlackRefused(SlackError):
    """Slack answered `method` with `error`, and would again; `needed` is the missing scope, if that is it."""


class SlackUnreachable(SlackError):
    """Slack could not be reached for `method`, or asks to wait longer than we do: later it may work."""


class EvaluationFileError(TutorError):
    """The evaluation file at `path` is broken at `line` for `reason`."""
