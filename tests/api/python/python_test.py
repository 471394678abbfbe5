"""The Python package against its own C ABI: answers, copies, threads, errors.

    tests/api/python/python_test.py BUILD MODEL      libkarnin.so.0 in BUILD; a model of 3 x 32 x 32
"""
import ctypes
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
try:
    import numpy as np
except ImportError:
    print("skipped: NumPy is not there")
    sys.exit(77)
BUILD, MODEL = sys.argv.pop(1), sys.argv.pop(1)
ctypes.CDLL(os.path.join(BUILD, "libkarnin.so.0"))  # before the package asks the system for it
sys.path.insert(0, str(ROOT / "api/python"))
import karnin  # noqa: E402
from karnin import _library  # noqa: E402


def images(count, seed=1):
    return np.random.default_rng(seed).standard_normal((count, 3, 32, 32), dtype=np.float32)


class Running(unittest.TestCase):
    def setUp(self):
        self.model = karnin.load(MODEL).prepare(race=False)

    def test_shapes(self):
        self.assertEqual(self.model.input.dims, (3, 32, 32))
        self.assertEqual([shape.dims for shape in self.model.outputs], [(10,)])
        self.assertEqual(self.model.run(images(5)).shape, (5, 10))
        self.assertEqual(self.model.run(images(0)).shape, (0, 10))

    def test_one_by_one_or_together(self):
        batch = images(7)
        together = self.model.run(batch)
        for image, answer in zip(batch, together):
            np.testing.assert_array_equal(self.model.run(image[None]), answer[None])

    def test_other_arrays_are_copied(self):
        batch = images(4)
        expected = self.model.run(batch)
        np.testing.assert_array_equal(self.model.run(batch.astype(np.float64)), expected)
        np.testing.assert_array_equal(self.model.run(np.asfortranarray(batch)), expected)
        np.testing.assert_array_equal(self.model.run(batch.tolist()), expected)

    def test_contiguous_floats_are_read_where_they_lie(self):
        batch, seen = images(2), []
        run = _library.library.karnin_run

        def spy(session, image, *others):
            seen.append(image.data)
            return run(session, image, *others)

        _library.library.karnin_run = spy
        try:
            self.model.run(batch)
        finally:
            _library.library.karnin_run = run
        self.assertEqual(seen, [batch.ctypes.data])

    def test_threads_run_side_by_side(self):
        batch = images(3)
        expected = self.model.run(batch)
        answers = {}

        def work(name):
            answers[name] = [self.model.run(batch) for _ in range(50)]

        threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        self.model.prepare(race=False)  # meanwhile
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), 4)
        for answer in (one for many in answers.values() for one in many):
            np.testing.assert_array_equal(answer, expected)

    def test_wrong_shapes_are_named(self):
        with self.assertRaisesRegex(ValueError, r"expected N x 3 x 32 x 32, got 2 x 32 x 32 x 3"):
            self.model.run(images(2).transpose(0, 2, 3, 1))

    def test_numbers_that_are_not_finite_are_refused(self):
        with self.assertRaisesRegex(karnin.Error, "infinity or NaN in the images") as caught:
            self.model.run(np.full((1, 3, 32, 32), np.nan))
        self.assertEqual(caught.exception.status, 5)

    def test_profile_counts_all_parameters(self):
        layers = self.model.profile(images(1), runs=3)
        self.assertEqual(sum(layer.parameters for layer in layers), self.model.parameters)
        self.assertTrue(all(layer.microseconds > 0 for layer in layers))

    def test_preprocessing(self):
        self.assertEqual(self.model.mean.shape, (3,))
        self.assertTrue((self.model.std > 0).all())


class Files(unittest.TestCase):
    def test_pruned_model_comes_back(self):
        model = karnin.load(MODEL)
        pruned = model.prune("magnitude", sparsity=0.9, layers=["fc1"])
        self.assertEqual(model.nonzero - pruned.nonzero, 400 * 120 * 9 // 10)
        expected = pruned.prepare(race=False).run(images(2))
        with tempfile.TemporaryDirectory() as folder:
            for name in ("pruned.bin", "pruned.onnx"):
                path = Path(folder) / name
                pruned.save(path)
                again = karnin.load(path).prepare(race=False)
                self.assertEqual(again.nonzero, pruned.nonzero)
                np.testing.assert_array_equal(again.run(images(2)), expected)
            same = karnin.load((Path(folder) / "pruned.bin").read_bytes())
            self.assertEqual(same.nonzero, pruned.nonzero)

    def test_errors_say_what_is_wrong(self):
        with self.assertRaisesRegex(karnin.Error, "/nowhere/net.onnx"):
            karnin.load("/nowhere/net.onnx")
        with self.assertRaisesRegex(karnin.Error, "no_such_layer"):
            karnin.load(MODEL).prune(layers=["no_such_layer"])
        with self.assertRaisesRegex(karnin.Error, "batch: expected 1 to"):
            karnin.load(MODEL).prepare(batch=0)


    def test_names_are_taken_whole(self):
        model = karnin.load(MODEL)
        for wrong in (lambda: karnin.load(MODEL + "\0.onnx"), lambda: model.save("/tmp/x\0y"),
                      lambda: model.prune("magnitude\0"),
                      lambda: model.prune(sparsity=0.5, layers=["fc1\0"])):
            self.assertRaisesRegex(ValueError, "NUL", wrong)
        self.assertRaises(TypeError, lambda: model.prune(sparsity=0.5, layers="fc1"))

    def test_interpreter_may_end_while_a_thread_runs(self):
        program = f"""
import ctypes, os, sys, threading, time
ctypes.CDLL(os.path.join({BUILD!r}, "libkarnin.so.0"))
sys.path.insert(0, {str(ROOT / "api/python")!r})
import karnin, numpy as np
model = karnin.load({MODEL!r}).prepare(race=False)
batch = np.zeros((2000, 3, 32, 32), np.float32)
def run():
    while True: model.run(batch)
threading.Thread(target=run, daemon=True).start()
time.sleep(0.2)
"""
        for _ in range(3):
            done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


class Pruning(unittest.TestCase):
    """The same bytes as karnin-cpu prune leaves, its history included."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def by_program(self, *options):
        out = self.folder / "program.bin"
        subprocess.run([os.path.join(BUILD, "karnin-cpu"), "prune", "--model", MODEL, "--sparsity", "0.8",
                        "--out", out, *options], check=True, capture_output=True)
        return out.read_bytes()

    def by_library(self, method, **options):
        out = self.folder / "library.bin"
        karnin.load(MODEL).prune(method, sparsity=0.8, **options).save(out)
        return out.read_bytes()

    def test_from_weights(self):
        self.assertEqual(self.by_library("magnitude"), self.by_program("--method", "magnitude"))

    def test_by_images(self):
        np.save(self.folder / "images.npy", images(20))
        for method in "obs", "obd":
            self.assertEqual(
                self.by_library(method, all_together=True, images=images(20), threads=2),
                self.by_program("--method", method, "--calibrate", self.folder / "images.npy", "--overwrite"))

    def test_images_have_the_shape_that_run_takes(self):
        with self.assertRaisesRegex(ValueError, r"expected N x 3 x 32 x 32, got 2 x 32 x 32 x 3"):
            karnin.load(MODEL).prune("obs", images=images(2).transpose(0, 2, 3, 1))


class FromPyTorch(unittest.TestCase):
    """The three lines of docs/LIBRARY.md."""

    def test_answers_are_those_of_torch(self):
        try:
            import onnx  # noqa: F401: what torch.onnx.export writes with
            import torch
        except ImportError:
            self.skipTest("PyTorch and onnx are not there")
        net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(),
                                  torch.nn.Linear(4 * 30 * 30, 5)).eval()
        batch = torch.from_numpy(images(2))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "net.onnx")
            torch.onnx.export(net, batch, path, dynamo=False)
            answers = karnin.load(path).run(batch.numpy())
        torch.testing.assert_close(torch.from_numpy(answers), net(batch), rtol=1e-4, atol=1e-5)


if __name__ == "__main__":
    unittest.main()
