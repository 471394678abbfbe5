"""A case of an ONNX network for answers_test.sh: its image as the library takes it, its answers, and a
pruned file with what Python has to say about that.

    case.py FOLDER OUT
"""
import shutil
import sys
from pathlib import Path

import karnin
import numpy as np


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def floats_of(path):
    """The raw data of a TensorProto (field 9), which is all that these files have."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            if key >> 3 == 9:
                return np.frombuffer(data[at:at + value], np.float32)
            at += value
    raise ValueError(f"{path}: expected raw data, got none")


def in_planes(image, shape):
    """Channel after channel, whatever the network's author had."""
    if shape.channels_last:
        return image.reshape(-1, shape.height, shape.width, shape.channels).transpose(0, 3, 1, 2)
    return image.reshape(-1, shape.channels, shape.height, shape.width)


def main():
    folder, out = map(Path, sys.argv[1:])
    shutil.copy(folder / "model.onnx", out)
    model = karnin.load(out / "model.onnx")
    image = in_planes(floats_of(folder / "test_data_set_0/input_0.pb"), model.input)
    np.ascontiguousarray(image).tofile(out / "image")
    np.savetxt(out / "expected.model.onnx", floats_of(folder / "test_data_set_0/output_0.pb"))
    pruned = model.prune(sparsity=0.5)
    pruned.save(out / "pruned.bin")
    np.savetxt(out / "expected.pruned.bin", np.ravel(pruned.prepare(race=False).run(image)))


main()
