"""Bicubic resizing with anti-aliasing as Python has it, band by band: neither program takes a whole cube.

Argument: pillow or scikit-image. Cases come as JSON lines on standard input; each is answered with a line.
"""

import sys

from serve import serve


def pillow(bands, side):
    from PIL import Image

    images = [Image.fromarray(band) for band in bands]  # mode F
    return lambda: [image.resize((side, side), Image.BICUBIC) for image in images]


def scikit_image(bands, side):
    from skimage.transform import resize

    return lambda: [resize(band, (side, side), order=3, anti_aliasing=True) for band in bands]


def prepare(request):
    import numpy

    case = request["case"]
    bands = numpy.random.default_rng(1).random((case["bands"], case["size"], case["size"]), numpy.float32)
    program = {"pillow": pillow, "scikit-image": scikit_image}[sys.argv[1]]
    return program(bands, round(case["size"] * case["factor"]))


serve(prepare)
