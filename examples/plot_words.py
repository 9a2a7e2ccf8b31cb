"""
Parts of speech
===============

Is a word of a sentence a noun, a verb, an adjective or an adverb? Its spelling and its neighbours
tell. The sentences are those in WordNet's dictionary where Debian's package ``wordnet-base`` is
installed, and else a few of our own, in ``words.csv``.
"""

# %%
# The sentences
# -------------
# WordNet explains a word with examples, such as "he walked home". Each gives one word whose part of
# speech is known, in its place.

import csv
import os
import re
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import classlens as cl

FOLDER = Path(os.environ.get("WNSEARCHDIR", "/usr/share/wordnet"))
OWN = Path(sys.argv[0]).with_name("words.csv")
PARTS = {"noun": "noun", "verb": "verb", "adjective": "adj", "adverb": "adv"}


def of_wordnet(part):
    """Words of one part of speech: each as its sentence, its place in it, and the part."""
    lines = (FOLDER / f"data.{PARTS[part]}").read_text(encoding="utf-8").splitlines()
    for line in lines:
        entry, _, gloss = line.partition(" | ")
        lemmas = {lemma.partition("(")[0].lower() for lemma in entry.split()[4::2]}
        for sentence in re.findall(r'"([^"]+)"', gloss):
            words = re.findall(r"[A-Za-z'-]+", sentence)
            for place, word in enumerate(words if len(words) > 4 else []):
                if not lemmas.isdisjoint({word.lower(), re.sub("(s|ed|ing)$", "", word.lower())}):
                    yield words, place, part


def of_our_own(part):
    """The same from the file, which has a row for each word."""
    rows = list(csv.DictReader(OWN.read_text(encoding="utf-8").splitlines()))
    for _, group in groupby(rows, key=lambda row: row["sentence"]):
        words, parts = zip(*((row["word"], row["part"]) for row in group), strict=True)
        yield from ((words, place, part) for place, own in enumerate(parts) if own == part)


source = of_wordnet if (FOLDER / "data.noun").exists() else of_our_own
found = [list(source(part)) for part in PARTS]
rng = np.random.default_rng(0)
known = [rows[i] for rows in found for i in rng.permutation(len(rows))[:2500]]
known = [known[i] for i in rng.permutation(len(known))]
print(f"{len(known)} words, such as:")
for words, place, part in known[:4]:
    print(f"  {words[place]} ({part}) in: {' '.join(words)}")

# %%
# The features
# ------------
# Of the word: its last letters, how many it has, and a capital. Of its neighbours: which they are,
# and their last letters. Those that occur most often each have a column.


def traits(words, place):
    """What is seen of a word."""
    word = words[place]
    yield from (f"ends in -{word[-n:].lower()}" for n in (1, 2, 3) if len(word) > n)
    for side, neighbour in (("after", words[:place][-1:]), ("before", words[place + 1 :][:1])):
        for other in neighbour:
            yield from (f"{side} {other.lower()!r}", f"{side} -{other[-2:].lower()}")
        if not neighbour:
            yield f"{side} nothing"
    if word[0].isupper():
        yield "has a capital"


counts = Counter(trait for words, place, _ in known for trait in traits(words, place))
columns = {name: number for number, (name, _) in enumerate(counts.most_common(400))}


def row(words, place):
    """A word's features: 1 for each trait that it has, and its letters."""
    values = np.zeros(len(columns) + 1)
    values[[columns[trait] for trait in traits(words, place) if trait in columns]] = 1
    values[-1] = len(words[place]) / 10
    return values


def dataset(samples):
    """Words as samples."""
    X = [row(words, place) for words, place, _ in samples]
    y = [list(PARTS).index(part) for _, _, part in samples]
    return cl.Dataset(X, y, list(PARTS), [*columns, "letters / 10"])


# %%
# The training
# ------------
# A fifth of the words are kept apart, with all their sentences: they will be new to the network.

vocabulary = sorted({words[place].lower() for words, place, _ in known})
apart = set(rng.choice(vocabulary, len(vocabulary) // 5, replace=False))
unseen = dataset([each for each in known if each[0][each[1]].lower() in apart])
data = dataset([each for each in known if each[0][each[1]].lower() not in apart])
run = cl.fit(data, hidden=[16], epochs=10, learning_rate=0.003)
right = int((run.network.predict(unseen.X) == unseen.y).sum())
print(f"{right} of {len(unseen)} unseen words right: {right / len(unseen):.1%}")
cl.plot.confusion(run, unseen).plot()
plt.show()

# %%
# A sentence of one's own
# -----------------------

text = "The famous singer slowly climbed the wooden steps"
sentence = text.split()
shares = run.model.predict_proba([row(sentence, place) for place in range(len(sentence))])
for word, own in zip(sentence, shares, strict=True):
    if word.lower() != "the":
        print(f"{word:8} {list(PARTS)[own.argmax()]:9} {own.max():4.0%}")

# %%
# Why?
# ----
# What speaks for the most likely part of speech of one word, against the next.

chosen = row(sentence, sentence.index("wooden"))
adds = cl.path(run, chosen).contributions[0].parts
for number in np.argsort(-np.abs(adds))[:4]:
    print(f"{data.feature_names[number]:14} {adds[number]:+.2f}")
cl.plot.path(run, chosen, data).plot()
plt.show()
