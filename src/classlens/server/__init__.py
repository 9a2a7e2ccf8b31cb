"""The live page's server: on this machine alone, for whoever has its address and token."""
