"""karnin: runs and prunes small and medium neural networks on a CPU.

    import karnin
    model = karnin.load("net.onnx")         # or a file of karnin-cpu
    answers = model.run(images)             # float32, N x C x H x W in, N x classes out
    smaller = model.prune("magnitude", sparsity=0.8)
    smaller.save("smaller.bin")

A model may be used by any number of Python's threads at once, which then run side by side. No thread is
made that was not asked for (`Model.prepare`), nothing is printed, and no environment is read.
"""
from ._library import CALLERS_ARENA, Error, library
from ._model import Layer, Model, Shape, load

__version__ = library.karnin_version().decode()
__all__ = ["CALLERS_ARENA", "Error", "Layer", "Model", "Shape", "load"]
