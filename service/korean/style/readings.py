"""How Koreans read the Latin words of the Docker world that the rules of `particles` don't read rightly.

`word reading`, or `word reading|reading` where people differ: a particle is then chosen only
if it suits every reading. A line that changes no particle has no place here; a test says so.
"""

from __future__ import annotations

READINGS = """
runc 런씨
hub 허브
buildkit 빌드킷
stack 스택
scout 스카우트
pod 파드|팟
buildah 빌다
kubectl 큐브컨트롤|큐브시티엘|쿠베시티엘
github 깃허브
gitlab 깃랩
git 깃
mac 맥
s3 에스쓰리
ecr 이씨알
mysql 마이에스큐엘
mariadb 마리아디비
postgresql 포스트그레스큐엘
mongodb 몽고디비
sqlite 에스큐라이트
rabbitmq 래빗엠큐
tomcat 톰캣
traefik 트래픽
pip 핍
golang 고랭
zsh 지셸|제트셸
curl 컬
wget 더블유겟
cat 캣
grep 그렙
chown 시에이치온|체인지오운
systemctl 시스템컨트롤|시스템시티엘
init 이닛
bashrc 배시알씨
ip 아이피
ipv6 아이피브이식스
nat 나트|엔에이티
url 유알엘
yaml 야믈|얌|와이에이엠엘
yml 야믈|와이엠엘
toml 토믈
zip 집
tar 타르
sock 속
utf-8 유티에프에잇|유티에프팔
it 아이티
net 넷
user 유저
workdir 워크디렉터리|워크디아이알|워크디르
exec 이그젝|엑섹
stop 스톱
commit 커밋
top 톱
create 크리에이트
update 업데이트
up 업
down 다운
wait 웨이트
template 템플릿
private 프라이빗
web 웹
job 잡
lab 랩
tab 탭
slack 슬랙
block 블록
lock 락
hook 훅
webhook 웹훅
click 클릭
track 트랙
book 북
back 백
callback 콜백
type 타입
app 앱
map 맵
bit 비트
exit 엑시트
bot 봇
chat 챗
format 포맷
stat 스탯
set 셋|세트
sync 싱크
async 어싱크
epoch 에폭
dir 디렉터리|디르
var 바|브이에이알
usr 유저|유에스알
etc 이티씨|엣시
lib 립|리브
slackbot 슬랙봇
"""
