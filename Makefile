# `make` alone lists the verbs.
PORT ?= 8080
DATA ?= $(shell scripts/data-dir.sh)
CARGO ?= cargo

.DEFAULT_GOAL := help
.PHONY: help run test bench fmt

help: ## list what can be made
	@echo "Rendez. make <verb>, with PORT=$(PORT) and DATA=$(DATA) where they apply:"
	@sed -nE 's/^([a-z]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

run: ## install what is missing, build, start the server with demo data
	@scripts/ensure-tools.sh run
	@$(CARGO) build --release -p rendez-server
	@exec target/release/rendez serve --demo --data-dir "$(DATA)" --listen "127.0.0.1:$(PORT)"

test: ## formatting, lints, and every test: unit, integration with PostgreSQL, browser
	@scripts/ensure-tools.sh test
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) run -q -p rendez-testkit --bin with-postgres -- $(CARGO) test --workspace

bench: ## print every figure: the race, bookings, slots, crashes, memory, and the search of a country
	@scripts/ensure-tools.sh bench
	$(CARGO) bench -p rendez-server --bench figures
	$(CARGO) bench -p rendez-index --bench searches

fmt: ## format the code
	$(CARGO) fmt --all
