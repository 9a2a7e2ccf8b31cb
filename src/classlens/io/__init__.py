"""Files in and out: our own model file, and whole writes of any file."""
