"""Every Korean sentence that a user can see, but for the notes themselves. 합니다체 throughout."""

from __future__ import annotations

from service import errors

LOST: dict[str, dict[int, str]] = {
    "container": {
        1: "컨테이너와 그 안에만 있던 데이터",
        2: "조건에 맞는 컨테이너 전부와 그 안에만 있던 데이터",
        3: "멈춘 컨테이너 전부와 그 안에만 있던 데이터",
        5: "모든 컨테이너와 그 안에만 있던 데이터",
    },
    "image": {
        1: "이미지",
        2: "조건에 맞는 이미지 전부",
        3: "태그 없는 이미지 전부",
        4: "컨테이너가 쓰지 않는 이미지 전부",
        5: "모든 이미지",
    },
    "volume": {
        1: "볼륨과 그 안의 데이터",
        3: "쓰지 않는 익명 볼륨 전부와 그 안의 데이터",
        4: "쓰지 않는 볼륨 전부와 그 안의 데이터",
        5: "모든 볼륨과 그 안의 데이터",
    },
    "project": {1: "Compose 프로젝트의 볼륨과 그 안의 데이터"},
    "network": {1: "네트워크", 2: "쓰지 않는 네트워크 전부"},
    "cache": {1: "빌드 캐시"},
    "log": {1: "지금까지의 로그"},
    "cluster": {1: "Swarm에 있던 서비스와 그 정보"},
    "everything": {1: "모든 컨테이너와 이미지, 볼륨과 그 안의 데이터"},
    "store": {1: "모든 컨테이너와 이미지, 볼륨과 그 안의 데이터"},
    "files": {1: "호스트의 파일"},
}
"""What a command destroys, by thing and by how many of it (`notes.danger.Reach`)."""
WARNING = "주의: "
WARNING_LOST = WARNING + "{lost} 지워지고 되돌릴 수 없습니다."
WARNING_ENGINE = WARNING + "도커가 제거되어 컨테이너를 실행할 수 없게 됩니다."
WARNING_HOST = WARNING + "호스트의 root 권한을 여는 명령이므로 믿을 수 있는 것에만 써야 합니다."

RELATED_LEAD = "질문에 바로 답하는 내용은 노트에 없지만, 관련된 내용은 다음과 같습니다."
NOT_FOUND = "노트에서 이 질문의 답을 찾지 못했습니다."
NOT_FOUND_NEAR = "노트에서 이 질문의 답을 찾지 못했습니다. 아래 주제는 답할 수 있습니다."
CHAT = {
    "greeting": (
        "안녕하세요.",
        "도커에서 궁금한 것을 물어보시면 노트에서 답을 찾아 출처와 함께 알려 드립니다.",
    ),
    "thanks": ("도움이 되었다니 다행입니다.", "더 궁금한 것이 있으면 이어서 물어보십시오."),
    "goodbye": ("안녕히 가십시오.", "궁금한 것이 생기면 언제든 다시 물어보십시오."),
    "about": (
        "저는 노트를 읽고 도커를 알려 드리는 튜터입니다.",
        "개념, 명령, 오류 메시지처럼 도커에 대해 궁금한 것을 한국어로 물어보시면, 노트에서 찾은 답을 출처와 함께 짧게 알려 드립니다.",
        '이어서 "그건 어떻게 지워?"처럼 물으셔도 되고, 노트에 없는 것은 없다고 말씀드립니다.',
    ),
}

EXPLANATIONS: dict[type[errors.TutorError], str] = {
    errors.EmptyQuestion: "질문이 비어 있습니다. 궁금한 내용을 글자로 적어 주십시오.",
    errors.TextTooLong: "글이 너무 깁니다. {limit:,}자까지 보낼 수 있는데 {size:,}자를 보냈습니다.",
    errors.BadText: "저장하거나 보여 줄 수 없는 문자가 들어 있습니다({reason}).",
    errors.UnknownDocument: "'{document}' 노트를 찾을 수 없습니다.",
    errors.UnknownQuestion: "그런 질문이 없거나 볼 수 없는 질문입니다.",
    errors.UnknownCard: "그런 카드가 없거나 지울 수 없는 카드입니다.",
    errors.UnknownDraft: "'{draft}' 질문은 검토 목록에 없습니다. `python -m service bank accept`로 목록을 볼 수 있습니다.",
    errors.UnknownImage: "'{document}' 노트에서 보여 줄 그림 '{image}' 을(를) 찾을 수 없습니다.",
    errors.UnknownDeck: "'{deck}' 덱은 없습니다. docker 나 saved 를 쓸 수 있습니다.",
    errors.UnknownDeckVersion: "그 ETag로 내보낸 덱의 기록이 없습니다. 덱을 다시 받으면 그때부터 바뀐 카드를 알 수 있습니다.",
    errors.EmptyDeck: "내보낼 카드가 없습니다. 고른 조건을 바꾸거나 카드를 먼저 저장해 주십시오.",
    errors.CardRefused: "카드로 저장할 수 없습니다: {reasons}.",
    errors.BadDocumentId: "'{document}' 은(는) 노트 id로 쓸 수 없습니다. 글자나 숫자로 시작하는 60자까지의 글자, 숫자, _ . - 만 쓸 수 있습니다.",
    errors.NoteRefused: "노트를 받을 수 없습니다. {line}번째 줄: {reason}.",
    errors.IdCollision: "주소의 id는 '{document}'인데 front matter의 id는 '{other}'입니다. 둘을 같게 하거나 front matter에서 지워 주십시오.",
    errors.DocumentChanged: "'{document}' 노트가 그 사이에 바뀌었습니다. 다시 읽고 고쳐 주십시오.",
    errors.TooManyDocuments: "서비스에 더할 수 있는 노트는 {limit:,}개까지입니다. 쓰지 않는 노트를 지워 주십시오.",
    errors.LastDocument: "'{document}' 노트는 하나 남은 노트라서 지울 수 없습니다.",
    errors.NotMarkdown: "노트는 Markdown으로 보내야 합니다(Content-Type: text/markdown). {given} 은(는) 받지 않습니다.",
    errors.NoUserMessage: "messages의 마지막에 사용자(user)가 글로 쓴 질문이 있어야 합니다.",
    errors.UnknownModel: "'{model}' 모델은 없습니다. GET /v1/models 로 있는 모델을 볼 수 있습니다.",
    errors.Unauthorised: "열쇠(API key)가 필요합니다. Authorization: Bearer 머리글에 올바른 열쇠를 넣어 주십시오.",
    errors.Forbidden: "이 열쇠로는 할 수 없는 일입니다.",
    errors.ForeignHost: "'{host}' 주소로는 이 서비스를 쓸 수 없습니다. 이 주소로 쓰려면 PUBLIC_URL이나 ALLOWED_HOSTS 설정에 적어 주십시오.",
    errors.ForeignOrigin: "다른 사이트({origin})의 페이지에서 보낸 요청은 받지 않습니다.",
    errors.TooManyRequests: "요청이 너무 잦습니다. {seconds}초 뒤에 다시 보내 주십시오.",
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
    errors.NotAnswering: "스스로 물어본 질문에 {seconds}초 동안 답하지 못했습니다. 잠시 뒤에 다시 물어봐 주십시오.",
    errors.ServerEnds: "서버가 끝나는 중이라 답을 마치지 못했습니다. 잠시 뒤에 다시 물어봐 주십시오.",
    errors.WorkerDied: "서버 프로세스가 질문을 받기 전에 끝났습니다(종료 코드 {code}).",
    errors.Overloaded: "지금 질문이 많아 받지 못했습니다. 잠시 뒤에 다시 물어봐 주십시오.",
    errors.GenerationFailed: "언어 모델이 쓸 만한 답을 주지 못했습니다({reason}).",
    errors.StoreError: "데이터베이스를 쓸 수 없습니다({reason}). DATABASE_URL 설정과 디스크를 확인해 주십시오.",
    errors.StorageError: "{path} 을(를) 읽거나 쓸 수 없습니다: {reason}. 있던 인덱스와 기록은 그대로입니다.",
    errors.SlackRefused: "Slack이 {method} 요청을 거절했습니다({error}). 앱의 권한과 토큰을 확인해 주십시오. 필요한 권한: {needed}",
    errors.SlackUnreachable: "Slack에 닿지 않습니다({method}: {error}). 잠시 뒤에 다시 시도합니다.",
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
    "slack-no-bot-token": "SLACK_BOT_TOKEN(xoxb-)도 적어야 합니다. docs/slack.ko.md를 보십시오",
    "slack-no-app-token": "Socket Mode에는 SLACK_APP_TOKEN(xapp-)이 필요합니다. docs/slack.ko.md를 보십시오",
    "control-characters": "NUL 같은 제어 문자",
    "surrogate": "짝이 없는 서로게이트",
    "api-keys": "`이름:열쇠` 또는 `이름:sha256:64자리 16진수`를 쉼표로 구분해 적어야 합니다",
    "disk-full": "디스크가 가득 찼습니다",
    "read-only": "읽기 전용이거나 쓰기 권한이 없습니다",
    "port-in-use": "이미 쓰이고 있는 포트입니다({0})",
    "address": "이 주소에서 들을 수 없습니다({0})",
    "proxies": "IP 주소나 대역(CIDR)을 쉼표로 구분해 적어야 합니다({0})",
    "api-key-short": "열쇠는 {0}자 이상이어야 합니다",
    "card-empty": "앞면이나 뒷면이 비어 있습니다",
    "card-too-long": "너무 깁니다. 한 가지만 짧게 묻고 답해야 합니다",
    "card-not-atomic": "두 가지를 한꺼번에 묻습니다. 카드를 나누어야 합니다",
    "card-bare-heading": "무엇에 대해 묻는지 앞면에 없습니다",
    "card-pointing": "원래 글을 봐야만 알 수 있는 말(위, 이것, 다음과 같이)이 있습니다",
    "card-yes-no": "예, 아니요로 답하는 질문입니다. 무엇인지, 왜인지 묻도록 바꾸어야 합니다",
    "card-enumeration": "여러 개를 외워 늘어놓게 합니다. 목록 카드로 만들어야 합니다",
    "card-leak": "앞면에 답이 들어 있습니다",
    "card-no-deletion": "빈칸이 없거나 닫히지 않았습니다",
    "card-list-size": "빈칸의 수가 맞지 않습니다(목록은 2~7개, 빈칸 카드는 3개까지)",
    "card-all-hidden": "모두 가려져 단서가 없습니다",
    "card-particle": "조사까지 가렸습니다. 낱말만 가려야 합니다",
    "card-no-contrast": "비교할 두 쪽이 'A: ... / B: ...' 꼴로 적혀 있지 않습니다",
    "card-duplicate": "같은 것을 묻는 카드가 이미 있습니다",
    "card-interference": "거의 같은 질문인데 답이 다른 카드가 있습니다",
    "card-no-answer": "답을 찾지 못한 질문은 카드로 만들 수 없습니다",
    "not-utf8": "UTF-8 글이 아닙니다",
    "no-facts": "답이 될 문장이 하나도 없습니다",
    "image-not-here": "그림 {0} 이(가) 노트 폴더에 없습니다. 그림은 이 주소로 보낼 수 없으니, 노트 폴더에 있는 그림이나 인터넷 주소를 적어 주십시오",
    "rate": "`300/minute`처럼 적어야 합니다",
    "orphan-entry": "질문 은행의 항목 {0} 에 해당하는 사실이 노트에 없습니다",
    "changed-fact": "사실 {0} 의 글이 바뀌었습니다. 질문이 여전히 맞는지 확인하고 text를 고쳐 주십시오",
    "need-twice": "필요 {0} 이(가) 두 번 적혀 있습니다. 처음 것만 씁니다",
    "need-orphan": "필요와 그 답으로 적힌 사실 {0} 이(가) 노트에 없습니다",
    "need-changed": "필요와 그 답으로 적힌 사실 {0} 의 글이 바뀌었습니다. 여전히 맞는지 확인하고 첫머리를 고쳐 주십시오",
}


def reason(code: str) -> str:
    """The words for a reason code such as `missing-image:docs/1.png`; other text stays as it is."""
    name, _, detail = code.partition(":")
    return REASONS[name].format(detail) if name in REASONS else code


def explain(error: errors.TutorError) -> str:
    """What went wrong and what to do, in Korean."""
    kind = next(kind for kind in type(error).__mro__ if kind in EXPLANATIONS)
    fields = {name: _worded(name, value) for name, value in error.fields.items()}
    return EXPLANATIONS[kind].format(**fields)


def _worded(name: str, value: str | int) -> str | int:
    if name == "reasons":
        return " / ".join(map(reason, str(value).split()))
    return reason(str(value)) if name == "reason" else value


HTTP_TITLES = {
    400: "잘못된 요청",
    401: "인증 필요",
    403: "권한 없음",
    404: "찾을 수 없음",
    405: "허용되지 않는 방법",
    408: "시간 초과",
    409: "충돌",
    412: "그 사이에 바뀜",
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
    "card_source": "question_id 하나만, 또는 front와 back을 함께 보내야 합니다",
    "string_unicode": "올바른 유니코드 글자가 아닙니다",
    "string_pattern_mismatch": "쓸 수 없는 글자가 있습니다",
    "model_attributes_type": "JSON 객체여야 합니다",
    "dict_type": "JSON 객체여야 합니다",
}
FIELD_PROBLEM = "값이 올바르지 않습니다"

SLACK_MORE = "답이 길어 앞부분만 보여 드립니다(전체 {size:,}자)."
SLACK_MORE_LINK = (
    "답이 길어 앞부분만 보여 드립니다(전체 {size:,}자). 나머지는 <{url}|노트>에서 볼 수 있습니다."
)
SLACK_SOURCES = "*출처*"
SLACK_MORE_SOURCES = "외 {count}곳"
SLACK_CONFIDENCE = {
    0.85: "확신이 높습니다({confidence:.0%}).",
    0.6: "대체로 맞을 것으로 봅니다({confidence:.0%}). 출처를 함께 확인해 주십시오.",
    0.0: "확신이 낮습니다({confidence:.0%}). 꼭 출처를 확인해 주십시오.",
}
SLACK_SUGGESTIONS = "단추를 누르면 바로 물어봅니다."
SLACK_HELPFUL = "도움됐어요"
SLACK_UNHELPFUL = "아니에요"
SLACK_SAVE_CARD = "카드로 저장"
SLACK_THANKS = {
    True: "도움이 됐다고 남겨 주셔서 고맙습니다.",
    False: "도움이 되지 않았다고 남겼습니다. 노트를 고칠 때 참고하겠습니다.",
}
SLACK_NOT_YOURS = "질문한 사람만 누를 수 있습니다. 직접 물어보시면 의견을 남길 수 있습니다."
SLACK_QUOTE = "<@{user}> 님의 질문: {question}"
SLACK_STRANGER = "다른 워크스페이스에서 오신 분의 질문에는 답하지 않도록 설정되어 있습니다. 이 워크스페이스 사람에게 부탁해 주십시오."
SLACK_FAILED = "답을 만들다가 예상하지 못한 오류가 났습니다. 잠시 뒤에 다시 물어봐 주십시오. (질문 번호 {id})"
SLACK_UNSENT = "답을 찾았지만 Slack이 받아 주지 않았습니다({error}). 질문을 조금 바꾸어 다시 물어봐 주십시오."
SLACK_INVITE = "이 대화에는 제가 없어 이 답은 물어보신 분에게만 보입니다. 저를 대화에 초대하시면 스레드에서 함께 볼 수 있습니다."
SLACK_MUTE = "지금은 Slack에 글을 쓸 수 없어 이렇게 알려 드립니다({error}). 관리자에게 앱의 토큰과 권한을 확인해 달라고 해 주십시오."
SLACK_HELP = """*도커 튜터*입니다. 노트에서 찾은 답을 출처와 함께 알려 드립니다.
• 채널에서는 저를 멘션하고 물어보십시오. 같은 스레드에서 이어 물을 때는 멘션하지 않아도 됩니다.
• 저와의 DM에서는 그냥 물어보시면 됩니다.
• 다른 사람의 메시지로 묻고 싶으면 메시지 메뉴에서 *이 메시지로 질문*을 고르십시오.
• `/docker 질문` : 어디서나 묻기
• `/docker 덱 [주제]` : Anki 덱 파일(.apkg) 받기
• `/docker 내카드` : 저장한 카드 보기
• `/docker 퀴즈` : 카드 한 장 풀어 보기
• `/docker 도움말` : 이 안내"""
SLACK_EXAMPLES = "예를 들면 이런 것을 물어볼 수 있습니다."
SLACK_HOME_TITLE = "도커 튜터"
SLACK_MY_CARDS = "내 카드"
SLACK_NO_CARDS = "저장한 카드가 아직 없습니다. 답변 아래의 *카드로 저장*을 누르면 여기에 모입니다."
SLACK_MORE_CARDS = "이 밖에 {count}장이 더 있습니다."
SLACK_CARD_SAVED = "카드로 저장했습니다: {front}"
SLACK_NO_TOPIC = "'{topic}' 주제의 카드가 없습니다. 노트 이름이나 태그, 카드에 있는 말로 찾아 주십시오."
SLACK_DECK_SENT = "도커 덱입니다. Anki에서 열면 카드가 들어가고, 다시 받아 열면 바뀐 카드만 고쳐집니다."
SLACK_DECK_ALONE = "이 대화에는 제가 없어 덱을 DM으로 보냈습니다."
SLACK_QUIZ = "퀴즈"
SLACK_QUIZ_REVEAL = "정답 보기"
SLACK_QUIZ_ANSWER = "정답"
SLACK_QUIZ_NEXT = "다음 문제"
SLACK_DECK_BUTTON = "전체 덱 받기(.apkg)"
SLACK_SAVED_DECK_BUTTON = "내 카드 덱 받기(.apkg)"
SLACK_SCOPES = (
    "Slack 앱에 권한이 모자랍니다: {scopes}. 앱 설정의 OAuth & Permissions에서 더한 뒤 다시 설치해 주십시오."
)
SLACK_BAD_SIGNATURE = (
    "Slack의 서명이 없거나 맞지 않습니다. SLACK_SIGNING_SECRET 설정과 서버의 시계를 확인해 주십시오."
)
SLACK_CONNECTED = "Slack에 Socket Mode로 연결합니다. 끝내려면 Ctrl+C를 누르십시오."

API_TITLE = "도커 튜터"
API_DESCRIPTION = "한국어로 도커를 묻고, 노트에서 찾은 짧은 답을 출처와 함께 받습니다."
MCP_INSTRUCTIONS = (
    "한국어로 된 도커 학습 노트입니다. 도커에 관한 질문은 ask로 묻고, 더 살펴보려면 search로 사실을 찾아 "
    "get_document로 원문을 읽으십시오. 답할 때는 인용을 함께 보여 주십시오."
)

BUILD_STAGES = {
    "encoder": "인코더를 만듭니다",
    "notes": "노트를 읽습니다",
    "encode": "글과 질문을 인코딩합니다",
    "index": "인덱스를 만듭니다",
    "cards": "카드를 만듭니다",
}
BUILD_FRESH = "바뀐 것이 없어 만들지 않았습니다: 노트 {documents}개, 사실 {facts}개, 질문 {questions}개."
BUILD_DONE = "인덱스를 만들었습니다: 노트 {documents}개, 사실 {facts}개, 질문 {questions}개. 새로 인코딩 {encoded}개, 재사용 {reused}개."
BUILD_SKIPPED = "읽지 못한 노트 {count}개를 건너뛰었습니다."
WATCHING = "{folder} 폴더를 지켜보고 있습니다. 끝내려면 Ctrl+C를 누르십시오."
SOURCES = "출처"
SUGGESTIONS = "물어볼 수 있는 것"
LINES = "{first}~{last}행"
CLI_SOURCES = "출처"
CLI_LINES = "{first}~{last}행"
CLI_SUGGESTIONS = "물어볼 수 있는 것"
CLI_CONFIDENCE = "확신 {confidence:.0%}"
UNREADABLE = "요청을 읽을 수 없습니다. HTTP/1.1 형식으로, 머리글은 64 KiB까지 보내 주십시오. 주소의 한글은 UTF-8이나 퍼센트 인코딩으로 적습니다."
TWO_LENGTHS = "본문의 길이가 두 가지로 적혀 있습니다(Content-Length와 Transfer-Encoding)."
BODY_TOO_SLOW = "본문을 제때 받지 못했습니다. 다시 보내 주십시오."
BODY_TOO_LARGE = "본문이 너무 큽니다. {limit:,}바이트까지 보낼 수 있습니다."
SERVING = "http://{host}:{port} 에서 답합니다. 끝내려면 Ctrl+C를 누르십시오."
EVALUATED = "질문 {questions}개"
EVALUATION_ROW = "  {name:<15} {value:6.1%}  ({low:.1%} ~ {high:.1%}, n={of})"

CARD_ASK_MEANING = "다음 용어의 뜻은?"
CARD_ASK_TERM = "다음을 가리키는 용어는?"
CARD_CONTRAST = "{left} {right}의 차이는?"
CARD_CONTRAST_ROW = "{row}: {sides}의 차이는?"
CARD_COMMAND = "{task} - 명령은?"
DECK_ROOT = "도커"
DECK_SAVED = "도커::내 카드"
CARD_KINDS = {
    "term": "용어",
    "question": "문답",
    "cloze": "빈칸",
    "list": "목록",
    "contrast": "비교",
    "command": "명령",
}
TAG_RETIRED = "삭제됨"
FILE_DOCKER = "도커"
FILE_SAVED = "도커 내 카드"
FILE_RETIRED = "도커 삭제된 카드"
CLI_CARDS = "카드 {cards}장, 보류 {rejected}장, 은퇴 {retired}장"
CLI_EXPORTED = "카드 {cards}장을 {path} 에 내보냈습니다({size:,}바이트)."
CLI_CHANGES = "새 카드 {new}장, 바뀐 카드 {changed}장, 사라진 카드 {retired}장"
CLI_CHANGE_MARKS = {"new": "+", "changed": "~", "retired": "-"}
REVIEW_LINE = "{id}  {document}  ({from}) {question}\n    -> {text}"
REVIEW_WRITTEN = "{path} 에 질문을 넣었습니다. `python -m service build`를 실행하면 답에 쓰입니다."
REVIEW_DONE = "질문 {accepted}개를 받아들이고 {rejected}개를 거절했습니다. 기다리는 질문 {left}개."
BANK_WRITTEN = "{path} 에 사실 {facts}개의 질문 은행을 썼습니다."
BANK_SUMMARY = (
    "사실 {facts}개, 질문 {questions}개. 노트에 없는 항목 {orphans}개, 글이 바뀐 항목 {changed}개, 깨진 파일 {broken}개, "
    "여러 사실이 나눠 가진 질문 {shared}개, 질문이 모자란 사실 {thin}개, 거의 같은 질문 {near}쌍, "
    "다른 사실이 먼저 나오는 질문 {confusions}개, 카드 없는 사실 {without_card}개."
)
SUGGEST_FACTS = "질문이 없는 사실 {facts}개. 질문을 쓰기 전까지 아래 글(=)로 찾습니다."
SUGGEST_NO_MODEL = "언어 모델이 설정되어 있지 않아 초안은 만들지 않았습니다(LLM_BASE_URL, LLM_MODEL)."
SUGGEST_DRAFTED = (
    "초안 {drafts}개를 {path} 에 더했습니다. 버린 것 {dropped}개. 질문 은행에는 아직 넣지 않았습니다."
)
SUGGEST_NOT_INDEXED = "인덱스에 없는 사실 {facts}개는 초안을 만들지 않았습니다. 먼저 `python -m service build`를 실행해 주십시오."
DROPPED = {
    "not-korean": "한국어가 아님",
    "too-long": "너무 김",
    "near": "있는 것과 거의 같음",
    "other-fact": "다른 사실이 더 잘 답함",
}
