#!/usr/bin/env python3
"""The training batch and the test of `benches/sim.rs`, in NumPy and, where it is installed, in PyTorch.

Run it right after `cargo bench`, on the same machine: it prints medians in milliseconds to compare with those of
`training_batch` and `evaluation_of_10_000`. Two threads, as in Somnoscope.
"""

import os
import statistics
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import numpy as np

SIZES = [784, 1200, 1200, 10]
KEEP = 0.75


def median_ms(work, repeats):
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return 1e3 * statistics.median(times)


def in_numpy():
    rng = np.random.default_rng(0)
    weights = [(rng.random((o, i), dtype="f4") - 0.5) * 0.02 for i, o in zip(SIZES, SIZES[1:])]
    velocity = [np.zeros_like(w) for w in weights]
    images, test = rng.random((100, 784), dtype="f4"), rng.random((10_000, 784), dtype="f4")
    targets = np.eye(10, dtype="f4")[rng.integers(0, 10, 100)]

    def batch():
        layers = [images]
        for index, w in enumerate(weights):
            layer = np.maximum(layers[-1] @ w.T, 0)
            if index < 2:
                layer *= rng.random(layer.shape, dtype="f4") < KEEP
            layers.append(layer)
        delta = layers[-1] - targets
        for index in (2, 1, 0):
            gradient = delta.T @ layers[index]
            if index:
                delta = (delta @ weights[index]) * (layers[index] > 0)
            velocity[index] *= 0.5
            velocity[index] += gradient * (0.1 / 100)
            weights[index] -= velocity[index]

    def evaluate():
        layer = test
        for index, w in enumerate(weights):
            layer = np.maximum(layer @ w.T, 0) * (KEEP if index < 2 else 1)
        layer.argmax(1)

    print(f"NumPy    batch of 100 {median_ms(batch, 40):7.1f} ms   test of 10,000 {median_ms(evaluate, 10):7.1f} ms")


def in_pytorch():
    import torch
    from torch import nn

    torch.set_num_threads(2)
    layers = []
    for index, (i, o) in enumerate(zip(SIZES, SIZES[1:])):
        layers += [nn.Linear(i, o, bias=False), nn.ReLU()] + ([nn.Dropout(1 - KEEP)] if index < 2 else [])
    net = nn.Sequential(*layers)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.5)
    images, targets, test = torch.rand(100, 784), torch.rand(100, 10), torch.rand(10_000, 784)

    def batch():
        optimiser.zero_grad()
        (0.5 * ((net(images) - targets) ** 2).sum() / 100).backward()
        optimiser.step()

    def evaluate():
        with torch.no_grad():
            net(test).argmax(1)

    trained = median_ms(batch, 40)
    net.eval()
    print(f"PyTorch  batch of 100 {trained:7.1f} ms   test of 10,000 {median_ms(evaluate, 10):7.1f} ms")


in_numpy()
try:
    in_pytorch()
except ImportError:
    print("PyTorch is not installed")
