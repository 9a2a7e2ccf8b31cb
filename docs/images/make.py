"""Draws the README's picture from the lab: ``make images``."""

import io
from pathlib import Path

from PIL import Image

import classlens as cl


def main() -> None:
    """Train the lab and put its two telling pictures side by side."""
    data = cl.blobs()
    run = cl.fit(data)
    pictures = [
        Image.open(io.BytesIO(display.png()))
        for display in (cl.plot.regions(run, data), cl.plot.units(run, data, layer="L1"))
    ]
    height = max(picture.height for picture in pictures)
    width = sum(picture.width for picture in pictures)
    joined = Image.new("RGB", (width, height), "white")
    left = 0
    for picture in pictures:
        joined.paste(picture, (left, (height - picture.height) // 2))
        left += picture.width
    joined.save(Path(__file__).with_name("lab.png"), optimize=True)


if __name__ == "__main__":
    main()
