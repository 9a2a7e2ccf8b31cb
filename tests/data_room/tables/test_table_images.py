"""Folders of pictures against arrays that were drawn by hand."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from corpus import cells
from PIL import Image

from classlens.data.tables.reading import read_batches, read_table
from classlens.errors import TableError

GREY = (np.arange(12) * 20).astype(np.uint8).reshape(3, 4)


def save(path: Path, array: np.ndarray, **options: object) -> Path:  # type: ignore[type-arg]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)  # type: ignore[arg-type]
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pictures"
    for number in range(3):
        save(root / "cat" / f"{number}.png", GREY)
        save(root / "dog" / f"{number}.bmp", 255 - GREY)
    (root / "dog" / ".DS_Store").write_bytes(b"rubbish")
    (root / "dog" / "Thumbs.db").write_bytes(b"rubbish")
    return root


def pixels(table, row: int) -> np.ndarray:  # type: ignore[no-untyped-def, type-arg]
    values = [column.numbers[row] for column in table.columns if column.name.startswith("pixel")]
    return np.asarray(values).reshape(table.image_shape)


def test_grey_pictures(folder: Path) -> None:
    table = read_table(folder)
    assert table.image_shape == (3, 4)
    assert table.names[:2] == ("pixel_0_0", "pixel_0_1")
    assert table.labels("class").names == ("cat", "dog")
    np.testing.assert_array_equal(pixels(table, 0), GREY)
    np.testing.assert_array_equal(pixels(table, 5), 255 - GREY)
    assert table["pixel_0_0"].numbers is not None
    assert table["pixel_0_0"].numbers.dtype == np.float32
    assert table.notes == ("6 pictures of 3 x 4 pixels, in grey.",)
    described = table.describe()
    assert [row.name for row in described] == ["pixel_0_0 ... pixel_2_3", "class"]
    assert described[0].why == "pictures of 3 x 4"


def test_colours(tmp_path: Path) -> None:
    colours = np.random.default_rng(0).integers(0, 256, (5, 6, 3), np.uint8)
    save(tmp_path / "p" / "a" / "0.png", colours)
    save(tmp_path / "p" / "b" / "0.png", 255 - colours)
    table = read_table(tmp_path / "p", colour=True)
    assert table.image_shape == (5, 6, 3)
    np.testing.assert_array_equal(pixels(table, 0), colours)
    grey = pixels(read_table(tmp_path / "p"), 0)
    np.testing.assert_allclose(grey, colours @ [0.299, 0.587, 0.114], atol=1)


def test_sizes(tmp_path: Path) -> None:
    first = save(tmp_path / "p" / "a" / "0.png", np.full((8, 8), 10, np.uint8))
    second = save(
        tmp_path / "p" / "b" / "0.png",
        np.kron(np.array([[0, 200]]), np.ones((9, 5))).astype(np.uint8),
    )
    with pytest.raises(TableError) as caught:
        read_table(tmp_path / "p")
    assert str(caught.value) == (
        f"{second}: pictures must have one size, 8 x 8 as {first} has. Got 9 x 10 instead. Choose "
        "a size for all (image_size=, --image-size on the command line)."
    )
    table = read_table(tmp_path / "p", image_size=2)
    np.testing.assert_array_equal(pixels(table, 0), np.full((2, 2), 10))
    np.testing.assert_array_equal(pixels(table, 1), [[0, 200], [0, 200]])
    assert read_table(tmp_path / "p", image_size=(2, 4)).image_shape == (2, 4)


def test_pictures_without_classes(folder: Path) -> None:
    kinds = {f"pixel_{row}_{column}": "number" for row in range(3) for column in range(4)}
    (batch,) = read_batches(folder / "cat", kinds=kinds)
    assert len(batch) == 3
    assert "class" not in batch
    np.testing.assert_array_equal(pixels(batch, 2), GREY)


def test_many_pictures_come_in_batches(tmp_path: Path) -> None:
    for number in range(300):
        save(tmp_path / "p" / f"{number:03}.png", np.full((1, 2), number % 256, np.uint8))
    batches = list(read_batches(tmp_path / "p", kinds={"pixel_0_0": "number"}))
    assert [len(batch) for batch in batches] == [256, 44]


def test_sixteen_bits_transparency_and_turned_pictures(tmp_path: Path) -> None:
    deep = save(tmp_path / "p" / "a" / "deep.png", GREY.astype(np.uint16) * 257)
    with Image.open(deep) as image:
        assert image.mode.startswith("I")
    clear = np.zeros((3, 4, 4), np.uint8)
    clear[0, 0] = [0, 0, 0, 255]
    save(tmp_path / "p" / "b" / "clear.png", clear)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    save(tmp_path / "p" / "c" / "turned.png", np.rot90(GREY), exif=exif)
    table = read_table(tmp_path / "p")
    np.testing.assert_array_equal(pixels(table, 0), GREY)
    white = np.full((3, 4), 255)
    white[0, 0] = 0
    np.testing.assert_array_equal(pixels(table, 1), white)
    np.testing.assert_array_equal(pixels(table, 2), GREY)


def test_what_is_no_picture(folder: Path) -> None:
    bad = folder / "cat" / "9.png"
    for content in (
        b"rubbish",
        (folder / "cat" / "0.png").read_bytes()[:50],
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
    ):
        bad.write_bytes(content)
        with pytest.raises(TableError) as caught:
            read_table(folder)
        words = str(caught.value)
        assert words.startswith(f"{bad} cannot be read as a picture: ")
        assert words.endswith("Pictures must be PNG, JPEG, BMP, GIF, WEBP, TIFF, PPM.")
        assert caught.value.file == str(bad)


def test_folders_of_other_things(folder: Path, tmp_path: Path) -> None:
    (folder / "notes.txt").write_text("x")
    with pytest.raises(
        TableError, match=r"must hold pictures, or a folder of them .* Got the file notes"
    ):
        read_table(folder)
    (folder / "notes.txt").unlink()
    (folder / "cat" / "more").mkdir()
    with pytest.raises(
        TableError, match=r"one folder for each class, with pictures in it\. Got the"
    ):
        read_table(folder)
    large = tmp_path / "large"
    save(large / "a" / "0.png", np.zeros((200, 200), np.uint8))
    with pytest.raises(TableError) as caught:
        read_table(large)
    assert str(caught.value) == (
        f"{large}: pictures of 200 x 200 pixels make too many features. Choose a smaller size "
        "(image_size=28, --image-size 28 on the command line)."
    )


def test_a_pipe_in_a_folder_of_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "p" / "a"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "0.png")
    with pytest.raises(TableError, match=r"Got the device .*0\.png in one of them"):
        read_table(tmp_path / "p")


def test_a_folder_of_tables(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(
        TableError, match=r"is a folder of tables\. Give a pattern instead: '.*csv'"
    ):
        read_table(tmp_path / "p")


def test_a_picture_of_too_many_pixels(tmp_path: Path) -> None:
    path = tmp_path / "p" / "a" / "0.png"
    path.parent.mkdir(parents=True)
    Image.new("1", (20_000, 6_000)).save(path)
    with pytest.raises(TableError) as caught:
        read_table(tmp_path / "p", image_size=8)
    assert str(caught.value) == (
        f"{path}: a picture may have 50000000 pixels. Got 20000 x 6000 instead."
    )


def test_folders_of_unlike_shapes(folder: Path, tmp_path: Path) -> None:
    save(tmp_path / "other" / "a" / "0.png", np.zeros((5, 5), np.uint8))
    with pytest.raises(TableError) as caught:
        read_table([folder, tmp_path / "other"])
    assert str(caught.value) == (
        f"{tmp_path / 'other'} must hold pictures as {folder} does, of the shape (3, 4). Got "
        "(5, 5) instead."
    )
    assert cells(read_table([folder, folder]), "class")[6] == "cat"
