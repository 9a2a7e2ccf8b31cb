"""Showing what was computed: colours, pictures. Nothing is computed here."""
