"""From a table to a model, an honest score and back."""
