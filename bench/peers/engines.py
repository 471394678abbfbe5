"""ONNX files in other engines and here: microseconds a batch, in turns, and how many times as fast.

    python3 bench/peers/engines.py net.onnx... [--karnin build/release/karnin-cpu] [--batch 1,16]
        [--threads 1,2] [--turns 3] [--engines ort,openvino,deepsparse]

Needs onnx, NumPy, and those of onnxruntime, openvino and deepsparse that are to be timed, from PyPI.
Random images, because their values don't matter for speed. Each turn times every engine in a process
of its own; what is told are medians of turns, each a median of runs.
"""
import argparse
import json
import statistics
import subprocess
import sys
import time

SECONDS = 0.7  # of runs, for each engine in a turn


def microseconds(run):
    """The median time of a run, after a few to warm up."""
    for _ in range(5):
        run()
    times, start = [], time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return 1e6 * statistics.median(times)


def images(path, batch):
    """The name and a batch for the first input of a file."""
    import numpy
    import onnx
    graph = onnx.load(path).graph
    weights = {tensor.name for tensor in graph.initializer}
    tensor = next(i for i in graph.input if i.name not in weights)
    dims = [batch] + [d.dim_value for d in tensor.type.tensor_type.shape.dim][1:]
    return tensor.name, numpy.random.default_rng(1).random(dims, numpy.float32)


def ort(path, batch, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name, x = images(path, batch)
    return microseconds(lambda: session.run(None, {name: x}))


def openvino(path, batch, threads):
    import openvino
    core = openvino.Core()
    _, x = images(path, batch)
    model = core.read_model(path)
    model.reshape(list(x.shape))
    request = core.compile_model(
        model, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
                       "INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    data = openvino.Tensor(x)
    return microseconds(lambda: request.infer({0: data}))


def deepsparse(path, batch, threads):
    import deepsparse
    engine = deepsparse.compile_model(path, batch_size=batch, num_cores=threads)
    _, x = images(path, batch)
    return microseconds(lambda: engine.run([x]))


ENGINES = {"ort": ort, "openvino": openvino, "deepsparse": deepsparse}


def theirs(engine, *setting):
    command = [sys.executable, __file__, "--one", engine, *map(str, setting)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(result.stdout.split()[-1])


def ours(program, path, batch, threads):
    command = [program, "bench", "--model", path, "--batch", str(batch), "--threads", str(threads),
               "--seconds", str(SECONDS), "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)["rows"][0]["median_us"]


def compare(options):
    """A row a setting; returns how many times as fast as the fastest of the others each was."""
    names = options.engines.split(",")
    print("| model | batch | threads |", " | ".join(names), "| karnin-cpu | times as fast |")
    ratios = []
    for path in options.models:
        for batch in map(int, options.batch.split(",")):
            for threads in map(int, options.threads.split(",")):
                turns = [[theirs(name, path, batch, threads) for name in names] +
                         [ours(options.karnin, path, batch, threads)]
                         for _ in range(options.turns)]
                medians = [statistics.median(times) for times in zip(*turns)]
                ratios.append(min(medians[:-1]) / medians[-1])
                print(f"| {path} | {batch} | {threads} |",
                      " | ".join(f"{time:,.0f}" for time in medians), f"| {ratios[-1]:.2f} |",
                      flush=True)
    return ratios


def main():
    if sys.argv[1:2] == ["--one"]:
        engine, path, batch, threads = sys.argv[2:]
        print(ENGINES[engine](path, int(batch), int(threads)))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--karnin", default="build/release/karnin-cpu")
    parser.add_argument("--batch", default="1,16")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--engines", default="ort,openvino")
    ratios = compare(parser.parse_args())
    print(f"geometric mean: {statistics.geometric_mean(ratios):.2f}")


if __name__ == "__main__":
    main()
