# syntax=docker/dockerfile:1
# The reconciler with the Pulumi CLI and the official provider plugin, for pipelines that run jobs in containers:
#
#   docker build --tag reconciler .
#   docker run --rm --volume "$PWD:/repository" reconciler validate
#
# The build contacts the package index and the servers of Pulumi. For local tenants only, leave out the plugin:
# --build-arg PLUGIN=
# With the packages that read secrets from stores: --build-arg EXTRAS="aws vault"
ARG PYTHON=3.13

FROM python:${PYTHON}-bookworm AS build
ARG PLUGIN=--plugin
ARG EXTRAS=
# The same home as in the image, since the toolchain installs below it.
ENV HOME=/home/reconciler \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /source
COPY requirements-uv.txt requirements-*.lock ./
RUN python -m venv /opt/uv && \
    /opt/uv/bin/pip install --require-hashes --requirement requirements-uv.txt && \
    python -m venv /opt/reconciler && \
    /opt/uv/bin/uv pip install --no-cache --compile-bytecode --python /opt/reconciler/bin/python \
      --require-hashes --requirement requirements-runtime.lock && \
    for extra in ${EXTRAS}; do \
      /opt/uv/bin/uv pip install --no-cache --compile-bytecode --python /opt/reconciler/bin/python --require-hashes \
        --requirement requirements-runtime.lock --requirement "requirements-${extra}.lock" || exit 1; \
    done
COPY pyproject.toml README.md LICENSE ./
COPY reconciler reconciler
RUN /opt/uv/bin/uv pip install --no-cache --offline --compile-bytecode --python /opt/reconciler/bin/python \
      --no-deps --no-build-isolation . && \
    mkdir -p /home/reconciler/.pulumi && \
    /opt/reconciler/bin/python -P -m reconciler.engine.toolchain ${PLUGIN}

FROM python:${PYTHON}-slim-bookworm
# git says which commit a run applies. Debian's mirrors keep only the newest version, so it cannot be pinned.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends git && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --uid 10001 --create-home --home-dir /home/reconciler reconciler && \
    git config --system --add safe.directory '*'
COPY --from=build /opt/reconciler /opt/reconciler
COPY --from=build --chown=10001:10001 /home/reconciler/.cache/okta-reconciler /home/reconciler/.cache/okta-reconciler
COPY --from=build --chown=10001:10001 /home/reconciler/.pulumi /home/reconciler/.pulumi
ENV PATH=/opt/reconciler/bin:$PATH
USER 10001:10001
WORKDIR /repository
ENTRYPOINT ["reconciler"]
CMD ["--help"]
