"""Every Korean sentence that a user can see, but for the notes themselves. 합니다체 throughout."""

from __future__ import annotations

from service import errors

RELATED_LEAD = "질문에 바로 답하는 내용은 노트에 없지만, 관련된 내용은 다음과 같습니다."
NOT_FOUND = "노트에서 이 질문의 답을 찾지 못했습니다."
NOT_FOUND_NEAR = "노트에서 이 질문의 답을 찾지 못했습니다. 아래 주제는 답할 수 있습니다."

EXPLANATIONS: dict[type[errors.TutorError], str] = {
    errors.EmptyQuestion: "질문이 비어 있습니다. 궁금한 내용을 글자로 적어 주십시오.",
    errors.TextTooLong: "글이 너무 깁니다. {limit:,}자까지 보낼 수 있는데 {size:,}자를 보냈습니다.",
    errors.BadText: "저장하거나 보여 줄 수 없는 문자가 들어 있습니다({reason}).",
    errors.UnknownDocument: "'{document}' 노트를 찾을 수 없습니다.",
    errors.UnknownQuestion: "그런 질문이 없거나 볼 수 없는 질문입니다.",
    errors.UnknownCard: "그런 카드가 없거나 지울 수 없는 카드입니다.",
    errors.UnknownImage: "'{document}' 노트에서 보여 줄 그림 '{image}' 을(를) 찾을 수 없습니다.",
    errors.NoteRefused: "노트를 받을 수 없습니다. {line}번째 줄: {reason}.",
    errors.Unauthorised: "열쇠(API key)가 필요합니다. Authorization: Bearer 머리글에 올바른 열쇠를 넣어 주십시오.",
    errors.Forbidden: "이 열쇠로는 할 수 없는 일입니다.",
    errors.CorpusMissing: "노트 폴더 {path} 이(가) 없습니다. CORPUS_DIR 설정이나 --corpus 값을 확인해 주십시오.",
    errors.CorpusEmpty: "노트 폴더 {path} 에 읽을 수 있는 노트가 없습니다. Markdown 파일(.md)을 하나 이상 넣어 주십시오.",
    errors.NoteError: "{path} {line}번째 줄: {reason}. 이 노트는 건너뛰었습니다.",
    errors.BankError: "질문 은행 {path} {line}번째 줄에 오류가 있습니다: {reason}.",
    errors.LedgerError: "원장 {path} 을(를) 읽을 수 없습니다({reason}). 카드 이력이 걸린 파일이므로 덮어쓰지 않았습니다. "
    "git이나 백업에서 되돌린 뒤 다시 실행해 주십시오.",
    errors.EncoderMissing: "인코더가 {path} 에 없습니다. `python -m service build`를 실행해 주십시오.",
    errors.EncoderDamaged: "인코더 {path} 이(가) 손상되었습니다({reason}). `python -m service build`를 실행하면 다시 만듭니다.",
    errors.EncoderBuildError: "'{model}' 모델로 인코더를 만들지 못했습니다: {reason}.",
    errors.IndexMissing: "인덱스가 {path} 에 없습니다. `python -m service build`를 실행해 주십시오.",
    errors.IndexDamaged: "인덱스 {path} 이(가) 손상되었습니다({reason}). `python -m service build`를 실행하면 다시 만듭니다.",
    errors.IndexMismatch: "인덱스가 지금 설정과 맞지 않습니다({reason}). `python -m service build`를 실행해 주십시오.",
    errors.EvaluationFileError: "평가 파일 {path} {line}번째 줄에 오류가 있습니다: {reason}",
    errors.Overloaded: "지금 질문이 많아 받지 못했습니다. 잠시 뒤에 다시 물어봐 주십시오.",
    errors.StoreError: "데이터베이스를 쓸 수 없습니다({reason}). DATABASE_URL 설정과 디스크를 확인해 주십시오.",
    errors.SettingsError: "설정 {name} 을(를) 쓸 수 없습니다: {reason}",
}

REASONS = {
    "id-collision": "'{0}' 노트와 id가 같습니다",
    "unreadable": "파일을 열 수 없습니다({0})",
    "too-large": "파일이 너무 큽니다(4 MB까지)",
    "not-text": "텍스트 파일이 아니거나 문자 인코딩을 알 수 없습니다",
    "bad-id": "front matter의 id를 쓸 수 없습니다(글자 1~200자, / 와 \\ 제외)",
    "front-matter": "front matter가 올바른 YAML이 아닙니다",
    "front-matter-too-long": "front matter가 너무 깁니다",
    "converted": "{0} 인코딩을 UTF-8로 바꿔 읽었습니다",
    "missing-image": "그림 파일 {0} 이(가) 없습니다",
    "control-characters": "NUL 같은 제어 문자",
    "surrogate": "짝이 없는 서로게이트",
    "api-keys": "`이름:열쇠` 또는 `이름:sha256:64자리 16진수`를 쉼표로 구분해 적어야 합니다",
    "api-key-short": "열쇠는 {0}자 이상이어야 합니다",
    "orphan-entry": "질문 은행의 항목 {0} 에 해당하는 사실이 노트에 없습니다",
    "changed-fact": "사실 {0} 의 글이 바뀌었습니다. 질문이 여전히 맞는지 확인하고 text를 고쳐 주십시오",
}


def reason(code: str) -> str:
    """The words for a reason code such as `missing-image:docs/1.png`; other text stays as it is."""
    name, _, detail = code.partition(":")
    return REASONS[name].format(detail) if name in REASONS else code


def explain(error: errors.TutorError) -> str:
    """What went wrong and what to do, in Korean."""
    kind = next(kind for kind in type(error).__mro__ if kind in EXPLANATIONS)
    fields = {name: reason(str(value)) if name == "reason" else value for name, value in error.fields.items()}
    return EXPLANATIONS[kind].format(**fields)


HTTP_TITLES = {
    400: "잘못된 요청",
    401: "인증 필요",
    403: "권한 없음",
    404: "찾을 수 없음",
    405: "허용되지 않는 방법",
    409: "충돌",
    413: "너무 김",
    415: "지원하지 않는 형식",
    422: "잘못된 입력",
    429: "요청이 너무 많음",
    500: "서버 오류",
    503: "준비되지 않음",
}
NOT_JSON = "본문이 올바른 JSON이 아닙니다."
INVALID_FIELD = "{field}: {problem}"
UNKNOWN_ROUTE = "이 주소에는 아무것도 없습니다. 쓸 수 있는 주소는 /docs 에서 볼 수 있습니다."
WRONG_METHOD = "이 주소에서는 {method} 요청을 받지 않습니다."
SERVER_ERROR = "서버에서 예상하지 못한 오류가 났습니다. 요청 번호 {request_id} 와 함께 알려 주십시오."
FIELD_PROBLEMS = {
    "missing": "꼭 필요한 값입니다",
    "extra_forbidden": "알 수 없는 이름입니다",
    "string_type": "글자여야 합니다",
    "bool_type": "true나 false여야 합니다",
    "bool_parsing": "true나 false여야 합니다",
    "int_type": "정수여야 합니다",
    "int_parsing": "정수여야 합니다",
    "greater_than_equal": "{ge} 이상이어야 합니다",
    "less_than_equal": "{le} 이하여야 합니다",
    "string_too_long": "{max_length}자까지 쓸 수 있습니다",
    "string_too_short": "비어 있을 수 없습니다",
    "string_unicode": "올바른 유니코드 글자가 아닙니다",
    "string_pattern_mismatch": "쓸 수 없는 글자가 있습니다",
    "model_attributes_type": "JSON 객체여야 합니다",
    "dict_type": "JSON 객체여야 합니다",
}
FIELD_PROBLEM = "값이 올바르지 않습니다"

API_TITLE = "도커 튜터"
API_DESCRIPTION = "한국어로 도커를 묻고, 노트에서 찾은 짧은 답을 출처와 함께 받습니다."

BUILD_STAGES = {
    "encoder": "인코더를 만듭니다",
    "notes": "노트를 읽습니다",
    "encode": "글과 질문을 인코딩합니다",
    "index": "인덱스를 만듭니다",
}
BUILD_FRESH = "바뀐 것이 없어 만들지 않았습니다: 노트 {documents}개, 사실 {facts}개, 질문 {questions}개."
BUILD_DONE = "인덱스를 만들었습니다: 노트 {documents}개, 사실 {facts}개, 질문 {questions}개. 새로 인코딩 {encoded}개, 재사용 {reused}개."
BUILD_SKIPPED = "읽지 못한 노트 {count}개를 건너뛰었습니다."
CLI_SOURCES = "출처"
CLI_LINES = "{first}~{last}행"
CLI_SUGGESTIONS = "물어볼 수 있는 것"
CLI_CONFIDENCE = "확신 {confidence:.0%}"
BODY_TOO_LARGE = "본문이 너무 큽니다. {limit:,}바이트까지 보낼 수 있습니다."
SERVING = "http://{host}:{port} 에서 답합니다. 끝내려면 Ctrl+C를 누르십시오."
EVALUATED = "질문 {questions}개"
EVALUATION_ROW = "  {name:<15} {value:6.1%}  ({low:.1%} ~ {high:.1%}, n={of})"
