"""Explaining a network: facts first, then words for them, then a check that every fact holds."""
