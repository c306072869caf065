"""What `make bench` runs: ratios and differences measured in one run, against a named peer or the floor."""
