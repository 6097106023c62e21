"""Contract events of ACTUS reference cases, computed by the product's kernels and compared number by number."""
