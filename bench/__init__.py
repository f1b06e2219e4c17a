"""`make bench`: what the product costs, next to plain SQL in the same run (docs/reference/benchmarks.md)."""
