# The program as one image: the binary, and the embedded engine beside it for those
# who use no server.
FROM golang:1.26-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# What `kipmonitor version` says: the repository itself is not in the image.
ARG VERSION COMMIT COMMITTED
RUN make build VERSION="$VERSION" COMMIT="$COMMIT" COMMITTED="$COMMITTED" && mkdir -p build/lib && cp node_modules/@chdb/lib-linux-*/libchdb.so build/lib/

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 kipmonitor \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/kipmonitor --create-home --shell /usr/sbin/nologin kipmonitor
COPY --from=build /source/build/kipmonitor /opt/kipmonitor/kipmonitor
COPY --from=build /source/build/lib /opt/kipmonitor/lib
# By number, so that an orchestrator can see that it is not root. Nothing but the volume
# and /tmp is written: the root may be read-only.
USER 10001:10001
VOLUME /var/lib/kipmonitor
HEALTHCHECK --interval=30s --timeout=12s --start-period=60s --retries=3 \
    CMD ["/opt/kipmonitor/kipmonitor", "ready"]
ENTRYPOINT ["/opt/kipmonitor/kipmonitor"]
CMD ["serve", "--data", "/var/lib/kipmonitor"]
