# The commands of this project; `make help` lists them. Each one sets up what it needs and is safe to repeat.

SHELL := /bin/bash
.DEFAULT_GOAL := help

SWIFT_FLAGS := --explicit-target-dependency-import-check error
ifneq ($(shell command -v ld.lld 2>/dev/null),)
# lld links an increment several times faster than the system's linker.
DEBUG_LINK := -Xlinker --threads=2 -Xswiftc -use-ld=lld
endif
RELEASE_FLAGS := -c release --product joulebench $(SWIFT_FLAGS)
ifeq ($(shell uname -s),Linux)
RELEASE_FLAGS += --static-swift-stdlib -Xlinker -s
endif
BINARY := .build/release/joulebench
SOURCES := Package.swift Sources Tests Benchmarks Examples worker

.PHONY: help
help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

.PHONY: prerequisites
prerequisites:
	@scripts/prerequisites.sh

.PHONY: build
build: prerequisites ## the release binary, .build/release/joulebench
	swift build $(RELEASE_FLAGS)

.PHONY: demo
demo: build ## measure a small real model on this machine; prints the summary, writes report.html
	$(BINARY) setup pytorch
	$(BINARY) run configs/quickstart.yaml

.PHONY: lint
lint: prerequisites ## formatting and style
	swift format lint --strict --recursive --parallel $(SOURCES)

.PHONY: test
test: lint ## lint, then every test that needs no service
	scripts/test.sh $(SWIFT_FLAGS) $(DEBUG_LINK)

.PHONY: test-tsan
test-tsan: prerequisites ## the concurrent targets under the thread sanitizer
	scripts/test-tsan.sh $(SWIFT_FLAGS)

.PHONY: test-services
test-services: prerequisites ## tests against real services and the real PyTorch worker
	scripts/test-services.sh $(SWIFT_FLAGS) $(DEBUG_LINK)

.PHONY: test-gpu
test-gpu: build ## tests that need an NVIDIA GPU
	scripts/test-gpu.sh

.PHONY: bench
bench: build ## the benchmarks; their figures belong into docs/measurements.md
	scripts/bench.sh

.PHONY: fuzz
fuzz: prerequisites ## fuzz the readers of foreign bytes, a minute each
	scripts/fuzz.sh

.PHONY: soak
soak: build ## half an hour of load with everything that can go wrong; memory must not grow
	scripts/soak.sh

.PHONY: clean
clean: ## remove everything that was built here
	rm -rf .build .build-tsan .build-fuzz Benchmarks/.build
