"""Holds what a process has resident of the files in a folder to a limit, as the system does where memory is short: pages are taken out
of the process and out of the page cache. For machines on which no control group can be made; Linux 5.10 or newer.

memory-limit.py PID FOLDER LIMIT: answers the line `{"do": "start"}` with `{}` once it looks on, and `{"do": "end"}` with the most bytes
that were resident at a look, and how many were taken away."""

import ctypes
import json
import mmap
import os
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
PAGE = mmap.PAGESIZE
PIDFD_OPEN, PROCESS_MADVISE, MADV_PAGEOUT = 434, 440, 21
# Seconds between two looks: each takes some milliseconds of a core, in which training reads a few megabytes at most.
INTERVAL = 0.5


class Range(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Watched:
    """A file, mapped here only to be asked which of its pages are in memory."""

    def __init__(self, path):
        self.path = path
        self.descriptor = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self.descriptor).st_size
        self.memory = mmap.mmap(self.descriptor, self.size, prot=mmap.PROT_READ | mmap.PROT_WRITE, flags=mmap.MAP_PRIVATE)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.pages = (self.size + PAGE - 1) // PAGE
        self.flags = (ctypes.c_ubyte * self.pages)()

    def resident(self):
        if libc.mincore(ctypes.c_void_p(self.address), ctypes.c_size_t(self.size), self.flags) != 0:
            raise OSError(ctypes.get_errno(), "mincore")
        return bytes(self.flags).count(1) * PAGE

    def forget(self):
        os.posix_fadvise(self.descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def mappings(pid, folder):
    """Where the process has mapped files of the folder: path -> (address, length)."""
    found = {}
    with open(f"/proc/{pid}/maps") as lines:
        for line in lines:
            fields = line.split(maxsplit=5)
            if len(fields) < 6 or not fields[5].startswith(folder):
                continue
            low, high = (int(part, 16) for part in fields[0].split("-"))
            found[fields[5].rstrip("\n")] = (low, high - low)
    return found


class Limit:
    def __init__(self, pid, folder, limit):
        self.pid, self.folder, self.limit = pid, os.path.realpath(folder), limit
        self.handle = libc.syscall(PIDFD_OPEN, pid, 0)
        paths = [os.path.join(self.folder, name) for name in sorted(os.listdir(self.folder))]
        self.files = [Watched(path) for path in paths if path.endswith(".scene")]
        self.next, self.peak, self.taken, self.looks = 0, 0, 0, 0
        self.ended = threading.Event()

    def page_out(self, place):
        ranges = (Range * 1)(Range(*place))
        if libc.syscall(PROCESS_MADVISE, self.handle, ranges, 1, MADV_PAGEOUT, 0) < 0:
            raise OSError(ctypes.get_errno(), "process_madvise")

    def look(self):
        sizes = [file.resident() for file in self.files]
        total = sum(sizes)
        self.looks += 1
        self.peak = max(self.peak, total)
        if total <= self.limit:
            return
        places = mappings(self.pid, self.folder)
        # Files in turn, until an eighth of the limit is free: what is taken is as good as random to patches at random places.
        for _ in self.files:
            if total <= self.limit * 7 // 8:
                break
            file, size = self.files[self.next], sizes[self.next]
            self.next = (self.next + 1) % len(self.files)
            if file.path in places:
                self.page_out(places[file.path])
            file.forget()
            left = file.resident()
            total -= size - left
            self.taken += size - left

    def run(self):
        while not self.ended.wait(INTERVAL):
            try:
                self.look()
            except FileNotFoundError:  # the process is gone
                return


def main():
    limit = Limit(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    thread = threading.Thread(target=limit.run)
    for line in sys.stdin:
        reply = {}
        if json.loads(line)["do"] == "start":
            limit.look()
            limit.peak = 0
            thread.start()
        else:
            limit.ended.set()
            thread.join()
            seconds = time.process_time()
            reply = {"peakBytes": limit.peak, "takenBytes": limit.taken, "looks": limit.looks, "seconds": seconds}
        print(json.dumps(reply), flush=True)


main()
