# The server's image, and what is built beside it:
#
#   docker build .                                             the server
#   docker build --target simulator .                          the simulator, for a staging host
#   docker build --target sbom --output type=local,dest=. .    sbom.cdx.json, what the image is made of
#
# To pin the base: --build-arg NODE_IMAGE=node:24-slim@sha256:...
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /src
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
RUN npx -y pnpm@10 install --frozen-lockfile

FROM dependencies AS build
COPY tsconfig.json nitro.config.ts ./
COPY db db
COPY server server
COPY scripts scripts
RUN npx -y pnpm@10 run build && find .output -name "*.map" -delete

FROM dependencies AS build-sbom
# The first pnpm that writes one.
RUN pnpm_config_manage_package_manager_versions=false npx -y pnpm@12.21.0 sbom --lockfile-only --prod \
  --sbom-format cyclonedx --sbom-spec-version 1.6 --sbom-type application --out /sbom.cdx.json

FROM scratch AS sbom
COPY --from=build-sbom /sbom.cdx.json /

FROM dependencies AS build-simulator
COPY tsconfig.json ./
COPY scripts scripts
COPY simulator simulator
RUN node_modules/.bin/tsx scripts/build-simulator.ts

# The base without what a server never uses: package managers, headers, manuals. Most of what a scanner finds in it is theirs.
FROM ${NODE_IMAGE} AS trimmed
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* \
  /opt/yarn* /usr/local/include /usr/local/share/doc /usr/local/share/man /usr/share/doc /usr/share/man /usr/share/locale \
  /var/lib/apt/lists /var/cache/apt /var/cache/debconf /var/log/* /root/.npm
# Not the image's own user 1000, which on many hosts is a person.
RUN install -d -o 10001 -g 10001 -m 0750 /var/lib/wamcp/media /var/lib/wamcp/audit

# From nothing, because what a layer takes away stays in the one below.
FROM scratch AS base
COPY --from=trimmed / /
# By itself Node takes its young generation's size from the memory it sees, and each megabyte of it costs three (docs/operations/scaling.md).
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /app
USER 10001:10001

FROM base AS simulator
COPY --from=build-simulator /src/dist/simulator simulator
COPY deploy/image/start-simulator.mjs ./
ENTRYPOINT ["node", "/app/start-simulator.mjs"]

FROM base AS app
COPY --from=build /src/.output/server server
COPY --from=build /src/dist/wamcp-admin.mjs /src/dist/wamcp-migrate.mjs /src/dist/wamcp-doctor.mjs \
  /src/dist/wamcp-smoke.mjs server/
COPY LICENSE deploy/image/start.mjs ./
ENV HOST=0.0.0.0 PORT=3000 MEDIA_ROOT=/var/lib/wamcp/media AUDIT_ARCHIVE_DIR=/var/lib/wamcp/audit
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/start.mjs", "health"]
ENTRYPOINT ["node", "/app/start.mjs"]
CMD ["serve"]
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="whatsapp-mcp-server" \
  org.opencontainers.image.description="A private, multi-tenant MCP server for WhatsApp" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
