"""What a network does, computed with NumPy alone from its weights: values, no pictures."""
