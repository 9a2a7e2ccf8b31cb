"""Training: seeds, one update, the run that repeats it, and what the run remembers."""
