from __future__ import annotations

import time

import pytest

from service.korean import josa, with_josa
from service.korean.style import particles
from tests.korean.edges import EDGES, LONG

TOPICS = """
도커는 볼륨은 컨테이너는 이미지는 데몬은 레지스트리는 네트워크는 파일은 풀은 스웜은
docker는 Docker는 Dockerfile은 docker-compose.yml은 compose.yaml은 pull은 push는 run은 build는 exec은
image는 images는 container는 containers는 volume은 volumes는 network는 daemon은 registry는 hub는 layer는
tag는
YAML은 JSON은 URL은 URI는 API는 CLI는 CPU는 GPU는 OOM은 OS는 PID는 SSH는 SSL은 TLS는 HTTP는 HTTPS는
TCP는
UDP는 DNS는 VM은 VPN은 LAN은 WSL은 WSL2는 LLM은 SQL은 HTML은 XML은 CSV는 NAT는 RAM은
CMD는 ENTRYPOINT는 FROM은 RUN은 COPY는 ADD는 ENV는 ARG는 EXPOSE는 USER는 LABEL은 HEALTHCHECK는 SHELL은
nginx는 Redis는 MySQL은 PostgreSQL은 Kafka는 RabbitMQ는 Tomcat은 Python은 Java는 Node.js는 Ubuntu는
Alpine은 Debian은
cgroup은 cgroups는 namespace는 kernel은 tmpfs는 overlay2는 containerd는 runc는 Podman은 BuildKit은
buildx는 k8s는
kubelet은 Kubernetes는 swarm은 bind는 mount는 Linux는 Windows는 macOS는 Hyper-V는 VirtualBox는 VMware는
GitHub는 GitLab은 Jenkins는 EC2는 S3는 AMI는 AWS는 Azure는 SIGTERM은 SIGKILL은 SIGINT는
--rm은 -p는 -d는 -it는 -v는 --name은 --restart=always는 --network는 --volume은
ubuntu:22.04는 nginx:latest는 postgres:17은 /var/run/docker.sock은 https://hub.docker.com/은 .env는
localhost는
socket은 timeout은 pipeline은 console은 module은 table은 server는 software는 process는 client는
default는
task는 runtime은 manifest는 architecture는 script는 cluster는 health는 index는 environment는
0은 1은 2는 3은 4는 5는 6은 7은 8은 9는 10은 22는 80은 100은 137은 143은 255는 443은 1000은 3306은
5432는 8080은 10000은
100000000은 1000000000000는 0.0.0.0은 127.0.0.1은 1.5는 20.10은 v1은 v2는 v3는 10%는 4GB는 512MB는 C#은
C++는 IPv4는 IPv6는
sha256은 amd64는 arm64는 x86은 ㄱ은 ㅏ는
데몬(dockerd)은 컨테이너(container)는 "볼륨"은 **이미지**는 `volume`은 (네트워크)는 <image>는 『파일』은
도커,는 YAML:은
"""


def _labelled() -> list[tuple[str, str]]:
    return [(word[:-1], word[-1]) for word in TOPICS.split()]


@pytest.mark.parametrize(("word", "particle"), _labelled())
def test_topic_particle_as_koreans_read_it(word: str, particle: str) -> None:
    assert josa(word, "은/는") == particle


@pytest.mark.parametrize(
    ("word", "pair", "particle"),
    [
        ("볼륨", "으로/로", "으로"),
        ("도커", "으로/로", "로"),
        ("파일", "으로/로", "로"),
        ("풀", "으로/로", "로"),
        ("URL", "으로/로", "로"),
        ("WSL", "으로/로", "로"),
        ("137", "으로/로", "로"),
        ("8080", "으로/로", "으로"),
        ("v1", "으로/로", "으로"),
        ("`docker run`", "으로/로", "으로"),
        ("pull", "으로/로", "로"),
        ("Redis", "이/가", "가"),
        ("볼륨", "이/가", "이"),
        ("`docker run`", "을/를", "을"),
        ("이미지", "과/와", "와"),
        ("볼륨", "와/과", "과"),
        ("컨테이너", "이랑/랑", "랑"),
        ("볼륨", "이나/나", "이나"),
        ("볼륨", "이라는/라는", "이라는"),
        ("도커", "이다/다", "다"),
    ],
)
def test_every_pair(word: str, pair: str, particle: str) -> None:
    assert josa(word, pair) == particle


@pytest.mark.parametrize(
    ("word", "pair", "both"),
    [
        ("foobat", "은/는", "은(는)"),
        ("snapshot", "을/를", "을(를)"),
        ("zyxob", "으로/로", "(으)로"),
        ("YAML", "으로/로", "(으)로"),
        ("UTF-8", "으로/로", "(으)로"),
        ("🐳", "이/가", "이(가)"),
        ("→", "과/와", "과(와)"),
        ("", "이나/나", "(이)나"),
    ],
)
def test_both_are_written_where_the_reading_is_unknown(word: str, pair: str, both: str) -> None:
    assert josa(word, pair) == both


def test_with_josa_keeps_the_word() -> None:
    assert with_josa("`docker pull`", "으로/로") == "`docker pull`로"
    assert with_josa("데몬(dockerd)", "은/는") == "데몬(dockerd)은"


@pytest.mark.parametrize("text", [*EDGES, *LONG])
def test_any_word_gets_a_particle_at_once(text: str) -> None:
    started = time.perf_counter()
    assert josa(text, "은/는") in ("은", "는", "은(는)")
    assert time.perf_counter() - started < 0.5


def test_every_reading_changes_a_particle(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(particles._dictionary())
    forms = [form for word in known for form in (word, word.upper(), word.capitalize())]

    def chosen() -> list[str]:
        return [josa(form, pair) for form in forms for pair in ("은/는", "으로/로")]

    whole = chosen()
    for word in known:
        less = {other: reading for other, reading in known.items() if other != word}
        monkeypatch.setattr(particles, "_dictionary", lambda less=less: less)
        assert chosen() != whole, f"{word} is read rightly without its line"
