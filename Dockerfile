# syntax=docker/dockerfile:1
# Two stages: one has the tools that build the page, the other only what runs.
FROM node:24-bookworm-slim AS build
WORKDIR /onwax
COPY package.json package-lock.json ./
COPY bench/package.json bench/
COPY web/package.json web/
# The packages first and the sources later: a change of the sources does not fetch them anew.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# Only what runs goes on, readable for the other user whatever the checkout's own permissions were.
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
	&& rm -rf node_modules/.cache node_modules/@onwax && find src -name "*.test.ts" -delete \
	&& test -f dist/sources.txt \
	&& chmod -R u=rwX,go=rX bin dist src web/dist node_modules package.json package-lock.json LICENSE

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
	ONWAX_DATA_DIR=/data \
	ONWAX_SERVER_HOST=0.0.0.0 \
	XDG_CONFIG_HOME=/config \
	XDG_CACHE_HOME=/tmp \
	container=oci
WORKDIR /onwax
COPY --from=build /onwax/package.json /onwax/package-lock.json /onwax/LICENSE ./
COPY --from=build /onwax/bin bin/
COPY --from=build /onwax/dist dist/
COPY --from=build /onwax/src src/
COPY --from=build /onwax/web/dist web/dist/
COPY --from=build /onwax/node_modules node_modules/
# A user of its own, who can write to the library and to nothing else.
RUN groupadd --gid 1877 onwax && useradd --uid 1877 --gid 1877 --no-create-home onwax \
	&& install -d -o onwax -g onwax -m 700 /data /config
USER 1877:1877
VOLUME ["/data", "/config"]
EXPOSE 1877
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "-e", \
	"fetch('http://127.0.0.1:' + (process.env.ONWAX_SERVER_PORT || 1877) + '/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/onwax.js"]
CMD ["serve"]
