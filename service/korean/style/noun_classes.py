"""Nouns by what they become at the end of a sentence."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


STATES = _words(
    """
    필요 불필요 가능 불가능 불가 용이 유사 동일 편리 불편 간편 적합 부적합 간단 복잡 다양 중요 안전
    위험 유용 유리 불리 충분 불충분 부족 풍부 저렴 신속 명확 정확 일정 무관 비슷 당연 상이 유일 동등
    완전 불완전 불안정 느슨 엄격 유연 강력 취약 민감 투명 독특 특별 적당 과도 부적절 적절 타당 무해
    유해 자유 확실
    """
)
"""Adjectives that take 하다: 가능 -> 가능합니다."""

STATES_OF_A_NOUN = _words(
    """
    필요 불필요 가능 불가능 불가 용이 동일 유사 편리 불편 간편 간단 복잡 다양 중요 안전 위험 충분 부족
    풍부
    """
)
"""Those whose subject may stand right before them: 이미지 필요 -> 이미지가 필요합니다."""

ACTIONS = _words(
    """
    제공 생성 수행 구현 설치 사용 이용 활용 저장 삭제 제거 변경 수정 설정 지정 관리 공유 처리 지원
    포함 유지 확인 실행 구성 정의 작성 추가 할당 빌드 다운로드 출력 조회 검색 표시 백업 복사 복원 보장
    방지 해결 절약 단축 권장 추천 금지 요구 허용 차단 제한 개선 보호 기록 점검 검사 감시 준비 선택
    입력 교체 갱신 업데이트 배치 절감
    """
)
"""Verbs whose object may stand right before them: 환경 제공 -> 환경을 제공합니다."""

OTHER_ACTIONS = _words(
    """
    배포 격리 분리 연결 전송 전달 보존 폐기 취급 매핑 마운트 구분 분할 복구 적용 등록 호출 요청 노출
    공개 업로드 푸시 시작 종료 중지 정지 중단 재시작 구동 가동 기동 의미 지칭 반환 참조 조절 조정 통합
    결합 조합 압축 해제 탐색 감지 이동 이전 전환 변환 수집 분석 측정 비교 판단 결정 예약 주입 바인딩
    포워딩 롤백 테스트 디버깅 로그인 접속 접근 의존 위치 해당 대응 기여 존재 동작 작동 발생 증가 감소
    통신 상속 재사용 재생성 최소화 최적화 자동화 표준화 단순화 가상화 캐싱 로딩 스케줄링 모니터링 캡처
    캡쳐 인식 간주 가정 추상화 재배포 운영 개발 제외 연동 대체 해석 전파 확장 축소 조작 실험 학습 이해
    설명 소개 안내 기억 보관 수신 응답 대기 활성화 비활성화 초기화 마이그레이션 커밋 병합 체크 검증
    인증 인가 승인 거부 허가 배제 회수 반납 정리 통제 제어 지연 가속 저하 하락 상승 손실 유실 손상
    누락 충돌 경합 호환 일치 불일치 고정 유출 침해 공격 방어 부여 위임 종속 협업 협력 공존 병행 진행
    완료 마무리 성공 실패 오작동 다운 조립 탑재 내장 장착 부팅 재부팅 로드 언로드 스캔 서명 암호화
    복호화 인코딩 디코딩 파싱 렌더링 컴파일 패키징 튜닝 프로비저닝 스케일링 로깅 라우팅 필터링 샘플링
    중계 변조 위조 도입 채택 운용 구축 생략 무시 반복 교환 대조 열람 게시 발행 구독 발급 만료 취소
    철회 보완 보강 강화 약화 완화 경감 유도 유발 초래 촉진 억제 실습 확보 소비 소모 점유 반영 동기화
    직렬화 정규화 세분화 모듈화 일반화 경량화 컨테이너화 이식 포팅 분산 집중 배분 배정 편성 편집 가공
    추출 추적 복제 미러링 등장 출시 발표 연산 집계 누적 축적 적재 열거 나열 정렬 분류 식별 인지 파악
    발견 탐지 진단 감사 선언 치환 비유 신뢰 차지 시도 되풀이 계산 체크아웃 우선 담당
    """
)
"""Verbs that need their object or place marked: 서버로 전송 -> 서버로 전송합니다."""

HAPPENINGS = _words(
    """
    발생 존재 증가 감소 동작 작동 위치 의존 접속 접근 해당 대응 기여 시작 종료 통신 이동 연동 호환 일치 충돌
    성공 실패 응답 대기 지연 종속 다운 공존 진행 완료 저하 하락 상승 확장 축소 등장
    """
)
"""Those that take a subject: 문제가 발생 -> 문제가 발생합니다."""

ENDINGS = {"자유": "롭습니다", "소요": "됩니다", "향상": "됩니다", "저하": "됩니다"}
"""What these take instead of 합니다."""

MIDDLES = _words("구성 구분 분류 포함 국한 한정")
"""Verbs that happen to their subject where no object is named: 볼륨은 두 개로 구성 -> 구성됩니다."""

SUBJECT_BEFORE = _words("발생 소요 증가 감소 향상 저하 존재")
"""Those whose subject may stand right before them: 오류 발생 -> 오류가 발생합니다."""

MANNERS = _words(
    """
    자동 수동 강제 일괄 병렬 부분 영구 외부 내부 로컬 원격 백그라운드 포그라운드 임시 무중단 직접 개별
    공동 무한 반복 동시 상호 초기 최초 사전 사후 추가 신규 별도 기본 필수 독립 중복 정상 실시간 온라인
    오프라인 즉시 현재 각각 완전 서로 계속 매번 매일 함께 그대로 우선 전체 일부 모두 전부 이중 단독
    최소 최대 비교적 상대적 제일 가장 조금 약간 매우 거의 아주 더 덜 훨씬 특히 대체로 보통 대부분 평균
    최근 예전 아직 아예
    """
)
"""Nouns that say how, not what: no particle goes between them and the verb."""

PREDICATES = _words(
    """
    원칙 핵심 기본 목적 특징 장점 단점 필수 최선 전부 문제 목표 이유 원인 차이 기본값 대표적 일반적
    효율적 이상적 효과적 필수적 경제적 독립적 일시적 영구적 안정적 이점 한계 용도 방법 역할 결과 관건
    요점 권장사항
    """
)
"""Nouns that may close a sentence after a subject: 것이 원칙 -> 것이 원칙입니다."""

OPEN = _words(
    """
    시 때 후 전 간 동안 이후 이전 도중 직후 직전 주의 참고 참조 유의 수 줄 채 김 듯 만큼 대로 지 리 데
    등등 나름 현재 지금 항상 매번 모두 자동 수동 직접 각각 서로 함께 계속 아래 다음 및 또는
    """
)
"""Words that leave a sentence open: it stays as it is."""

TIMES = _words(
    """
    시 때 후 전 뒤 동안 이후 이전 도중 직후 직전 중 간 경우 이내 보안상 편의상 성능상 구조상 관례상
    사실상
    """
)
"""Nouns that stand before a verb as an adverb does: 종료 시 삭제."""

SUBJECTLESS = _words(
    "있음 없음 많음 적음 높음 낮음 작음 좋음 큼 느림 빠름 있다 없다 많다 적다 높다 낮다 크다"
)
"""Verbs whose subject stands bare in notes: 제한 없음 -> 제한이 없습니다."""

IN_IM = tuple(
    "타임 게임 네임 프레임 책임 위임 모임 움직임 쓰임 보임 붙임 높임 줄임 들임 담임 해임 후임 라임".split()
)
"""Nouns in which 임 is no copula."""

HIDDEN_ADJECTIVES = _pairs(
    """
    어려움:어렵 쉬움:쉽 즐거움:즐겁 새로움:새롭 두려움:두렵 괴로움:괴롭 고마움:고맙 작음:작 좁음:좁
    비쌈:비싸 두꺼움:두껍 빠름:빠르 느림:느리 매움:맵
    """
)
"""Words that mecab takes for nouns but that, after a subject, are the adjective: its stem."""

HIDDEN_VERBS = _pairs(
    """
    봄:보 줌:주 옴:오 감:가 켬:켜 뗌:떼 둠:두 깸:깨 뜀:뛰 남음:남 높임:높이 낮춤:낮추 고침:고치
    붙임:붙이 쌓음:쌓 생김:생기 보임:보이 올림:올리 내림:내리 나감:나가 끝남:끝나 막음:막 거침:거치
    담음:담 풀림:풀리 열림:열리 지님:지니 지남:지나 넘음:넘 맞춤:맞추 모자람:모자라 맞음:맞
    어긋남:어긋나 잡음:잡 잡힘:잡히 놓침:놓치 터짐:터지 숨음:숨 배움:배우 지킴:지키 미침:미치 입음:입
    누움:눕 움직임:움직이 바람:바라 느낌:느끼 믿음:믿 흐름:흐르 깨달음:깨닫 죽음:죽 모임:모이 묶음:묶
    채움:채우 태움:태우 나눔:나누 이끎:이끌 만듬:만들 줄어듬:줄어들 힘듬:힘들 고름:고르 남:나
    """
)
"""Words that mecab takes for nouns but that, after a subject or an object, are the verb: its stem."""

REAL = _words(
    """
    묶음 모음 쓰임 이음 알림 그림 걸음 물음 도움 흐름 모임 느낌 믿음 바람 움직임 어려움
    즐거움 깨달음 죽음 나눔 맞춤 배움 잡음 두려움 봄 감
    """
)
"""Of these and of what mecab takes for verbs, the ones that are nouns where no subject comes first."""
