"""What a live page asks for, whichever host carries it: recipes, trials, looks, seeds, files."""
