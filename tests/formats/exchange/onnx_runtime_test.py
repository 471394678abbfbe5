"""What export writes, in ONNX Runtime: it passes ONNX's checker and gives the engine's answers.

    tests/formats/exchange/onnx_runtime_test.py KARNIN_CPU MODEL_ANSWERS [MODEL]...

Networks that are trained here, those of the folder KARNIN_MODELS (*/model.onnx), and MODELs. Needs the Python
packages onnx and onnxruntime; without them it is skipped, with status 77.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy as np
    import onnx
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

KARNIN_CPU, MODEL_ANSWERS = sys.argv[1:3]
OTHERS = [Path(name) for name in sys.argv[3:]]
if "KARNIN_MODELS" in os.environ:
    OTHERS += sorted(Path(os.environ["KARNIN_MODELS"]).glob("*/model.onnx"))
IMAGES = 5
FORMS = {"plain": [], "sparse": ["--sparse"], "folded": ["--fold"]}

SHORTCUT = {"name": "shortcut", "input": [3, 32, 32], "layers": [
    {"name": "conv1", "type": "conv2d", "oc": 8, "kernel": [3, 3], "stride": [2, 2], "padding": [1, 1]},
    {"name": "act", "type": "prelu"},
    {"name": "conv2", "type": "conv2d", "oc": 8, "kernel": [3, 3], "padding": [1, 1]},
    {"name": "sum", "type": "add", "inputs": ["conv2", "act"]},
    {"name": "pool", "type": "avg_pool2d", "kernel": [4, 4], "stride": [4, 4]},
    {"name": "drop", "type": "dropout", "rate": 0.2},
    {"name": "fc", "type": "fully_connected", "oc": 10}]}


def run(*words, data=None):
    done = subprocess.run([str(word) for word in words], input=data, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{words}: {done.stderr.decode()}")
    return done.stdout


def write_squares(folder):
    """A data set in CIFAR-10's layout: a bright square in one of ten places."""
    chance = random.Random(1)
    folder.mkdir()
    for name, images in ("data_batch_1.bin", 500), ("test_batch.bin", 100):
        records = bytearray()
        for i in range(images):
            plane = bytearray(chance.randrange(100) for _ in range(32 * 32))
            label = i % 10
            for y in range(8):
                start = (8 + 4 * (label // 4) + y) * 32 + 6 * (label % 4)
                plane[start:start + 8] = b"\xff" * 8
            records += bytes([label]) + plane * 3
        (folder / name).write_bytes(records)


def train(folder):
    """A chain, one nine tenths of which are pruned, and one with branches."""
    write_squares(folder / "squares")
    (folder / "shortcut.json").write_text(json.dumps(SHORTCUT))
    for name in "khanal2018", "shortcut":
        arch = folder / "shortcut.json" if name == "shortcut" else name
        run(KARNIN_CPU, "train", "--arch", arch, "--data", folder / "squares", "--epochs", 1, "--batch", 8,
            "--lr", 0.01, "--out", folder / name)
    run(KARNIN_CPU, "prune", "--model", folder / "khanal2018/model.bin", "--method", "magnitude",
        "--sparsity", 0.9, "--out", folder / "pruned.bin")
    return [folder / "khanal2018/model.bin", folder / "pruned.bin", folder / "shortcut/model.bin"]


def normed(path):
    """A batch norm behind a convolution, and one behind that, which training here has no statistics for."""
    chance = np.random.default_rng(3)
    tensors = {"w": chance.normal(size=(4, 3, 3, 3)), "scale": chance.normal(size=4), "shift": chance.normal(size=4),
               "mean": chance.normal(size=4), "variance": chance.uniform(0.5, 1.5, size=4)}
    values = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", *dims])
              for name, dims in (("x", [3, 8, 8]), ("y", [4, 6, 6]))]
    nodes = [onnx.helper.make_node("Conv", ["x", "w"], ["a"]),
             *(onnx.helper.make_node("BatchNormalization", [src, *list(tensors)[1:]], [dst])
               for src, dst in (("a", "b"), ("b", "y")))]
    weights = [onnx.numpy_helper.from_array(value.astype(np.float32), name) for name, value in tensors.items()]
    graph = onnx.helper.make_graph(nodes, "normed", values[:1], values[1:], weights)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)]), path)
    return path


def is_channels_last(model):
    first = model.graph.node[0]
    return (first.op_type == "Transpose" and first.input[0] == model.graph.input[0].name
            and list(first.attribute[0].ints) == [0, 3, 1, 2])


class OnnxRuntime(unittest.TestCase):
    def compare(self, source, path):
        model = onnx.load(path)
        # ONNX's shape inference takes no sparse weights for any operator.
        onnx.checker.check_model(model, full_check=not model.graph.sparse_initializer)
        dims = [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim][1:]
        scale = {entry.key: json.loads(entry.value) for entry in model.metadata_props}
        pixels = np.random.default_rng(2).integers(0, 256, [IMAGES, *dims]).astype(np.float32)
        shape = [-1] if is_channels_last(model) else [-1] + [1] * (len(dims) - 1)
        mean, std = (np.float32(scale[key]).reshape(shape) for key in ("karnin.mean", "karnin.std"))
        images = (pixels / 255 - mean) / std
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        theirs = session.run(None, {model.graph.input[0].name: images})[0].ravel()
        planes = np.moveaxis(images, -1, 1) if is_channels_last(model) else images
        ours = np.frombuffer(run(MODEL_ANSWERS, source, data=np.ascontiguousarray(planes).tobytes()), np.float32)
        self.assertEqual(ours.shape, theirs.shape)
        self.assertLessEqual(np.abs(ours - theirs).max() / np.abs(ours).max(), 1e-5)

    def test_exported_models(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for source in [*train(folder), normed(folder / "normed.onnx"), *OTHERS]:
                for form, options in FORMS.items():
                    with self.subTest(model=str(source), form=form):
                        path = folder / "exported.onnx"
                        run(KARNIN_CPU, "export", "--model", source, "--out", path, "--overwrite", *options)
                        self.compare(source, path)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
