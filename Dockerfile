# The portal alone; PostgreSQL and the proxy are services of their own (docker-compose.yml).
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin mamori \
    && install -s target/release/mamori /usr/local/bin/mamori

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin mamori \
    && install -d -o mamori -g mamori -m 0700 /var/lib/mamori
COPY --from=build /usr/local/bin/mamori /usr/local/bin/mamori
USER mamori
ENV MAMORI_DATA_DIR=/var/lib/mamori \
    MAMORI_LISTEN=0.0.0.0:8080
VOLUME /var/lib/mamori
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["mamori"]
CMD ["serve"]
