"""run.py MODEL < IMAGES: a network's answers by NumPy."""
import sys

import karnin
import numpy as np

model = karnin.load(sys.argv[1])
images = np.frombuffer(sys.stdin.buffer.read(), np.float32)
answers = model.run(images.reshape(-1, *model.input.dims))
print(*(f"{answer:.9g}" for answer in np.ravel(answers)), sep="\n")
