"""Reading a whole cube into memory, band by band in order, as Python has it.

Argument: imageio, opencv, h5py or numpy. Cases come as JSON lines on standard input; each is answered with a line.
"""

import glob
import os
import sys

import numpy
from serve import serve


def pictures(path):
    return sorted(glob.glob(os.path.join(path, "*.png")))


def imageio(path):
    import imageio

    return lambda: numpy.stack([imageio.imread(name) for name in pictures(path)])


def opencv(path):
    import cv2

    return lambda: numpy.stack([cv2.imread(name, cv2.IMREAD_UNCHANGED) for name in pictures(path)])


def h5py(path):
    import h5py

    def read():
        with h5py.File(path, "r") as file:
            # [bands, width, height], as MATLAB has written it
            return numpy.ascontiguousarray(file["cube"][:].transpose(0, 2, 1))

    return read


def numpy_raw(path):
    stem = path.rsplit(".", 1)[0]
    [data] = [name for name in glob.glob(stem + ".*") if not name.endswith(".hdr")]

    def read(bands=31):
        values = numpy.fromfile(data, numpy.uint16)
        side = int((values.size // bands) ** 0.5)
        if stem.endswith("bip"):
            return numpy.ascontiguousarray(values.reshape(side, side, bands).transpose(2, 0, 1))
        return values.reshape(bands, side, side)

    return read


programs = {"imageio": imageio, "opencv": opencv, "h5py": h5py, "numpy": numpy_raw}
serve(lambda request: programs[sys.argv[1]](request["case"]["path"]))
