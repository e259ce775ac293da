"""Answers JSON lines on standard input, a line each: `prepare` gives a function to time, `time` times it."""

import json
import os
import resource
import sys
import time


def timed(run, repetitions):
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def serve(prepare):
    """prepare(request) -> function without arguments, or None where there is nothing to run."""
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what others' code prints must not get between the answers
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "prepare":
                run = prepare(request)
                reply = {} if run is not None else {"error": "build returned nothing"}
            else:
                reply = timed(run, request["repetitions"])
        except Exception as error:  # one case that fails must not end the others
            reply = {"error": f"{type(error).__name__}: {error}"[:500]}
        output.write(json.dumps(reply) + "\n")
        output.flush()
