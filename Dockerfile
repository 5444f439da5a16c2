# syntax=docker/dockerfile:1
# One image for every process of Perennial; docker-compose.yml says which one a container runs. Each process starts from
# one bundled file with a source map (tools/build-server.mjs); only a definition that a person hands to the command line
# is read as TypeScript.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

FROM ${NODE_IMAGE} AS modules
WORKDIR /app
COPY package.json package-lock.json ./
COPY deploy/prune-modules.mjs deploy/
# No package of ours needs its install script here; onnxruntime-node's would fetch CUDA files.
ENV ONNXRUNTIME_NODE_INSTALL=skip
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && node deploy/prune-modules.mjs node_modules

FROM ${NODE_IMAGE} AS server
WORKDIR /app
COPY package.json package-lock.json ./
ENV ONNXRUNTIME_NODE_INSTALL=skip
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY tools/build-server.mjs tools/build-workflows.mjs tools/
COPY workflows workflows
COPY activities activities
COPY models models
COPY simulator simulator
COPY src src
RUN node tools/build-server.mjs --workflows

FROM ${NODE_IMAGE} AS perennial
RUN groupadd --gid 10001 perennial \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/perennial --shell /usr/sbin/nologin perennial \
  && install -d -o 10001 -g 10001 -m 0700 /var/lib/perennial /var/lib/perennial/artifacts /var/lib/perennial/spool /var/lib/perennial/train \
  && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
WORKDIR /app
ENV NODE_ENV=production
COPY --from=modules /app/node_modules node_modules
COPY package.json package-lock.json tsconfig.json ./
COPY deploy/healthcheck.mjs deploy/
COPY migrations migrations
COPY workflows workflows
COPY activities activities
COPY models models
COPY src src
COPY --from=server /app/dist/server dist/server
USER 10001:10001
EXPOSE 8080 8081
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/server/main-cli.js", "--help"]
