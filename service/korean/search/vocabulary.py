"""One idea, many words: the table that folds them onto one token.

Each line is a group: the token, a colon, and the words that become it. Verbs are written in
their dictionary form. Only words that mean the same thing whenever people talk about Docker
belong here; a word with a second everyday meaning (받다, 올리다, 날리다, 뜨다) is left alone.
"""

from __future__ import annotations

RESPELLINGS = {
    "데이타": "데이터",
    "콘테이너": "컨테이너",
    "컨테이나": "컨테이너",
    "콘테이나": "컨테이너",
    "컨태이너": "컨테이너",
    "쿠버네티스": "kubernetes",
    "쿠버네틱스": "kubernetes",
    "도커파일": "dockerfile",
    "스웜": "swarm",
    "파드맨": "podman",
    "포드맨": "podman",
    "엔트리포인트": "entrypoint",
    "엔진엑스": "nginx",
    "디렉토리": "디렉터리",
    "데스크톱": "데스크탑",
    "리포지터리": "리포지토리",
    "레포지토리": "리포지토리",
    "래지스트리": "레지스트리",
    "메세지": "메시지",
    "캡쳐": "캡처",
    "어플리케이션": "애플리케이션",
    "어플": "앱",
    "바인드": "bind",
    "데몬": "daemon",
    "푸시": "push",
    "시그룹": "cgroup",
    "씨그룹": "cgroup",
    "하이퍼바이저": "hypervisor",
    "네임스페이스": "namespace",
    "헬스체크": "healthcheck",
    "알파인": "alpine",
    "생애주기": "lifecycle",
    "라이프사이클": "lifecycle",
    "마이에스큐엘": "mysql",
    "포스트그레스": "postgres",
}
"""Replaced wherever they stand, before mecab sees them: it knows none of them well (데 + 이타)."""

GROUPS = """
docker: 도커
container: 컨테이너
image: 이미지
volume: 볼륨
network: 네트워크
networking: 네트워킹
compose: 컴포즈
dockerfile: 도커 파일
daemon: dockerd
registry: 레지스트리
hub: 허브
port: 포트
tag: 태그
layer: 레이어
build: 빌드
cache: 캐시
kubernetes: k8s, 쿠베
vm: 가상머신, 가상 머신, virtual machine
virtualization: 가상화, virtualisation
os: 운영체제, operating system
app: 앱, 애플리케이션, application
linux: 리눅스
windows: 윈도우, 윈도우즈, 윈도
macos: 맥OS, 맥북, mac
ubuntu: 우분투
desktop: 데스크탑
engine: 엔진
server: 서버
host: 호스트
client: 클라이언트
kernel: 커널
namespace: 네임 스페이스
cluster: 클러스터
node: 노드
stack: 스택
service: 서비스
secret: 시크릿
mount: 마운트
bridge: 브리지, 브릿지
proxy: 프록시
healthcheck: 헬스 체크, health check, 상태 확인
log: 로그
yaml: yml, 야믈
json: 제이슨
env: 환경변수, 환경 변수, environment variable
directory: 디렉터리, 폴더, folder
file: 파일
memory: 메모리
cpu: 씨피유
disk: 디스크
command: 명령어, 명령, 커맨드
option: 옵션, 플래그, flag
root: 루트
permission: 권한, 퍼미션
error: 에러, 오류
version: 버전
repository: 저장소, 리포지토리, 레포
lifecycle: 라이프 사이클, 수명 주기, 생명 주기, life cycle
template: 템플릿
backup: 백업
cgroup: cgroups
git: 깃
github: 깃허브
python: 파이썬
java: 자바
redis: 레디스
postgres: postgresql
localhost: 로컬호스트, 로컬 호스트
삭제: 지우다, 지워지다, 제거, 없애다, 폐기, 버리다, 날아가다, 사라지다, 없어지다, 유실, delete, remove, rm
실행: 띄우다, 돌리다, 구동, 가동, 기동, run
설치: 깔다, 깔리다, 인스톨, install
종료: 중지, 정지, 중단, 멈추다, 끄다, 꺼지다, 죽다, stop, kill
시작: 켜다, 켜지다, start
재시작: 재부팅, 리부트, 재기동, 껐다 켜다, 껐다가 켜다, 끄고 켜다, 다시 켜다, 다시 시작, restart, reboot
생성: 만들다, 만들어지다, create
다운로드: 내려받다, 다운받다, download, pull
업로드: upload, push
공유: 나눠 쓰다, 같이 쓰다, 함께 쓰다, share
차이: 차이점, 다르다, difference
장점: 좋은 점
단점: 나쁜 점, 안 좋은 점
"""
"""token: word, word, ..."""
