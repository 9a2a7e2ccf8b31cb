"""Sweeps: many networks trained with many settings and seeds, and what became of them."""
