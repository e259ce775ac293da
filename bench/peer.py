"""The other side: a Python file of the user's with build(id) -> torch module, eager or compiled, timed like ours.

The module of a super-resolution network takes the low-resolution cube [batch, bands, H, W] alone to the large one: a loop over
bands, and an interpolated second input, are its own affair and are timed with it.

Arguments: FILE eager|compile. Cases come as JSON lines on standard input; each is answered with a line.
"""

import contextlib
import importlib.util
import os
import sys

import torch

from serve import serve


def load(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location("peer_file", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def precision(case):
    if case["precision"] == "bfloat16":
        return torch.autocast("cpu", torch.bfloat16)
    return contextlib.nullcontext()


def prepare(build, compiled, case):
    net = build(case["model"])
    if net is None:
        return None
    torch.manual_seed(1)
    x = torch.rand(case["batch"], case["bands"], case["size"], case["size"])
    net.train(case["mode"] == "training")
    call = torch.compile(net) if compiled else net

    def forward():
        with torch.no_grad(), precision(case):
            call(x)

    optimizer = torch.optim.Adam(net.parameters(), lr=1e-6)

    truth = None

    def loss(y):
        nonlocal truth
        if case["scale"] == 1:
            return y.mean()
        if truth is None:
            truth = torch.rand_like(y)
        return torch.nn.functional.l1_loss(y, truth)

    def training():
        with precision(case):
            y = call(x)
        loss(y.float()).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return forward if case["mode"] == "forward" else training


def main():
    build = load(sys.argv[1]).build

    def prepared(request):
        torch.set_num_threads(request["threads"])
        return prepare(build, sys.argv[2] == "compile", request["case"])

    serve(prepared)


main()
