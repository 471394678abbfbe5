"""The paper's network in PyTorch: images a second, training and inference, by batch.

    python3 bench/peers/pytorch.py [--threads 2] [--onnx]

Synthetic images, because their values don't matter for speed. --onnx times ONNX Runtime too.
"""
import argparse
import io
import statistics
import time

import torch
from torch import nn

IMAGES = 8192


def network():
    return nn.Sequential(
        nn.Conv2d(3, 10, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(10, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def rate(step, batch, images, passes=3):
    """Median images a second over passes of `images`, after one to warm up."""
    seconds = []
    for _ in range(passes + 1):
        start = time.perf_counter()
        for first in range(0, images - batch + 1, batch):
            step(first)
        seconds.append(time.perf_counter() - start)
    return images // batch * batch / statistics.median(seconds[1:])


def training_rate(x, y, batch):
    net, loss = network(), nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)

    def step(first):
        sgd.zero_grad()
        loss(net(x[first:first + batch]), y[first:first + batch]).backward()
        sgd.step()

    return rate(step, batch, min(IMAGES, 512 * batch))


def inference_rate(x, batch):
    net = network().eval()
    with torch.inference_mode():
        return rate(lambda first: net(x[first:first + batch]), batch, min(IMAGES, 1024 * batch))


def onnx_rate(x, batch, threads):
    import onnxruntime
    model = io.BytesIO()
    torch.onnx.export(network().eval(), x[:batch], model, input_names=["images"])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.getvalue(), options)
    images = x.numpy()
    return rate(lambda first: session.run(None, {"images": images[first:first + batch]}), batch,
                min(IMAGES, 1024 * batch))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--onnx", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    x, y = torch.rand(IMAGES, 3, 32, 32) * 2 - 1, torch.randint(10, (IMAGES,))
    for batch in (4, 32, 128, 512):
        print(f"PyTorch {torch.__version__} training, batch {batch}: {training_rate(x, y, batch):.0f}")
    for batch in (1, 16, 64, 1024):
        print(f"PyTorch {torch.__version__} inference, batch {batch}: {inference_rate(x, batch):.0f}")
        if options.onnx:
            import onnxruntime
            print(f"ONNX Runtime {onnxruntime.__version__} inference, batch {batch}: "
                  f"{onnx_rate(x, batch, options.threads):.0f}")


if __name__ == "__main__":
    main()
