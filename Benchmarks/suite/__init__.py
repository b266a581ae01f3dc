"""The benchmarks of joulebench; `scripts/bench.sh` runs them."""
