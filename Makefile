# Everything one does with this repository. `make` alone lists it.
SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)
# Where the RustSec advisories lie; empty: cargo-audit fetches them.
ADVISORY_DB ?=

# Building needs no database: what the compiler must know about the queries is in .sqlx.
export SQLX_OFFLINE := true

.DEFAULT_GOAL := help
.PHONY: help run test check fmt sqlx evidence pictures audit

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: ## build, then the demo organisation on http://127.0.0.1:8080 with its logins
	@scripts/need postgresql
	cargo build --release --locked --bin mamori
	@exec $(TARGET)/release/mamori demo

test: ## everything CI checks
	@scripts/need postgresql
	@scripts/need browser
	@scripts/need axe
	cargo fmt --check
	scripts/queries check
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --quiet --no-deps --lib
	@scripts/evidence forget
	scripts/test
	cargo test --locked --quiet --doc
	@scripts/evidence check

check: ## the quick part: format and lints, without a database
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

fmt: ## write the sources in the one format
	cargo fmt

sqlx: ## renew .sqlx after a change of queries or migrations
	@scripts/need postgresql
	scripts/queries write

evidence: ## take over into tests/evidence.toml what the last `make test` proved
	scripts/evidence write

pictures: ## take the pictures of the handbooks anew, and one form under four regulations
	scripts/pictures

audit: ## known vulnerabilities in our dependencies (ADVISORY_DB=directory to work offline)
	@command -v cargo-audit >/dev/null || { echo "mamori: run this first: cargo install --locked cargo-audit"; exit 1; }
	cargo audit $(if $(ADVISORY_DB),--no-fetch --db $(ADVISORY_DB))
