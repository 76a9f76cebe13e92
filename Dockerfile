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
RUN make build && mkdir -p build/lib && cp node_modules/@chdb/lib-linux-*/libchdb.so build/lib/

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home /var/lib/kipmonitor --create-home kipmonitor
COPY --from=build /source/build/kipmonitor /opt/kipmonitor/kipmonitor
COPY --from=build /source/build/lib /opt/kipmonitor/lib
USER kipmonitor
VOLUME /var/lib/kipmonitor
ENTRYPOINT ["/opt/kipmonitor/kipmonitor"]
CMD ["serve", "--data", "/var/lib/kipmonitor"]
