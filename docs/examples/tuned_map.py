#!/usr/bin/env python3
"""A parallel map that asks Cistern how many workers, and how large chunks, suit it.

    from tuned_map import Tuner, tuned_map
    results = tuned_map(function, items, Tuner("http://localhost:8080"))

    python3 docs/examples/tuned_map.py --demo            what the origin of tuning-results measured
    python3 docs/examples/tuned_map.py --demo --measure  measured here, and stored for machines like this
"""
import argparse
import hashlib
import http.client
import itertools
import json
import multiprocessing
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple, Optional

# Part of each key: raise it when an old result should not be used any more.
VERSION = "1"
CACHE = "tuning-results"
MOST_WORKERS = 61  # of a pool on Windows
TIMED_ITEMS = 5
WORTH_A_POOL = 0.05  # seconds
ITEM = 2500  # of the demo
SAMPLE = 0.2  # seconds of work
PAUSE = 10  # seconds


class Tuning(NamedTuple):
    workers: int
    chunk: int
    status: str  # Cache-Status, or why there is none


class Tuner:
    """Looks tunings up. While Cistern is away it gives defaults, and asks again only after a pause."""

    def __init__(self, url="http://localhost:8080", timeout=0.5, token=None, measure=False):
        self.url, self.timeout, self.token, self.measure = url.rstrip("/"), timeout, token, measure
        self.quiet_until = 0.0

    def tune(self, function, size, seconds, profile=False, sample=()):
        """size is None where nobody knows it; seconds are those of one item."""
        known = "medium" if size is None else str(size)
        path = f"{function_hash(function)}:{known}:{seconds:.9f}:{VERSION}"
        url = f"{self.url}/caches/{CACHE}/entries/{urllib.parse.quote(path, safe='')}"
        headers = {"Cistern-Environment": environment()}
        if profile:
            headers["X-Profile"] = "on"
        if size is None:
            headers["X-Length"] = "unknown"
        measuring = self.measure and sample and not profile and size is not None
        if measuring:
            headers["Cache-Control"] = "only-if-cached"
        if time.monotonic() < self.quiet_until:
            return default(size, seconds, "Cistern is away")
        try:
            answer, status = self._ask(urllib.request.Request(url, headers=headers))
            result = json.loads(answer)
            workers, chunk = int(result["workers"]), int(result["chunk"])
            return Tuning(max(1, min(workers, cores())), max(1, chunk), status)
        except urllib.error.HTTPError as error:
            if measuring and error.code == 504:
                return self._measured(url, function, sample, size)
            return default(size, seconds, f"Cistern answered {error.code}")
        except (OSError, http.client.HTTPException) as error:
            self.quiet_until = time.monotonic() + PAUSE
            return default(size, seconds, f"Cistern is away: {error}")
        except (ValueError, KeyError, TypeError) as error:
            return default(size, seconds, f"no tuning: {error}")

    def _measured(self, url, function, sample, size):
        result = measured(function, sample, size)
        headers = {"Cistern-Environment": environment(), "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = json.dumps(result).encode()
        try:
            self._ask(urllib.request.Request(url, body, headers, method="PUT"))
            status = "measured and stored"
        except (OSError, http.client.HTTPException) as error:
            status = f"measured, not stored: {error}"
        return Tuning(result["workers"], result["chunk"], status)

    def _ask(self, request):
        with urllib.request.urlopen(request, timeout=self.timeout) as answer:
            return answer.read(), answer.headers.get("Cache-Status", "")


def tuned_map(function, items, tuner, profile=False):
    """[function(item) for item in items], in parallel where that is quicker."""
    return tuned(function, items, tuner, profile)[0]


def tuned(function, items, tuner, profile=False, seconds=None):
    """The same with the tuning that was used. The first items are timed, unless seconds are given."""
    size = len(items) if hasattr(items, "__len__") else None
    rest = iter(items)
    head = list(itertools.islice(rest, TIMED_ITEMS))
    times, results = [], []
    for item in head:
        began = time.perf_counter()
        results.append(function(item))
        times.append(time.perf_counter() - began)
    if not times:
        return [], default(0, 0.0, "no items")
    seconds = min(times) if seconds is None else seconds
    sample = head
    if tuner.measure and size is not None:
        enough = max(4 * cores(), int(SAMPLE / max(seconds, 1e-9)))
        ahead = list(itertools.islice(rest, enough))
        sample, rest = head + ahead, itertools.chain(ahead, rest)
    tuning = tuner.tune(function, size, seconds, profile, sample)
    if tuning.workers == 1:
        results.extend(map(function, rest))
    else:
        with ProcessPoolExecutor(tuning.workers) as pool:
            results.extend(pool.map(function, rest, chunksize=tuning.chunk))
    return results, tuning


def default(size, seconds, why):
    """One worker for little work, else all of them with a few chunks each."""
    if size is not None and size * seconds < WORTH_A_POOL:
        return Tuning(1, max(1, size), why)
    chunk = 1 if size is None else -(-size // (cores() * 4))
    return Tuning(cores(), max(1, chunk), why)


def measured(function, sample, size):
    """Runs the sample with several tunings; function must not mind being called again."""
    began = time.perf_counter()
    list(map(function, sample))
    alone = (time.perf_counter() - began) * size / len(sample)
    best = (alone, 1, size)
    for workers in sorted({w for w in (2, cores() // 2, cores()) if 1 < w <= cores()}):
        started = time.perf_counter()
        with ProcessPoolExecutor(workers) as pool:
            list(pool.map(abs, range(workers)))
            startup = time.perf_counter() - started
            for chunks in (1, 4, 16):
                piece = -(-len(sample) // (workers * chunks))
                started = time.perf_counter()
                list(pool.map(function, sample, chunksize=piece))
                took = startup + (time.perf_counter() - started) * size / len(sample)
                if took < best[0] * 0.95:
                    best = (took, workers, -(-size // (workers * chunks)))
    return {
        "workers": best[1],
        "chunk": best[2],
        "speedup": round(alone / best[0], 2),
        "measuredMs": round((time.perf_counter() - began) * 1000),
    }


def function_hash(function):
    """The same for the same code in every process; another after an edit."""
    digest = hashlib.sha256()

    def add(value):
        if hasattr(value, "co_code"):
            digest.update(value.co_code)
            add(value.co_names)
            add(value.co_consts)
        elif isinstance(value, tuple):
            for each in value:
                add(each)
        elif isinstance(value, frozenset):
            add(tuple(sorted(map(repr, value))))
        else:
            digest.update(repr(value).encode() + b"\0")

    code = getattr(function, "__code__", None)
    add(code or (getattr(function, "__module__", ""), getattr(function, "__qualname__", "")))
    return digest.hexdigest()[:16]


def cores():
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:
        usable = os.cpu_count() or 1
    return min(usable, MOST_WORKERS)


def memory() -> Optional[int]:
    """Bytes of this machine, where it tells them."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def environment():
    start = multiprocessing.get_start_method(allow_none=True) or multiprocessing.get_all_start_methods()[0]
    told = [f"cores={cores()}", f'start-method="{start}"']
    if memory():
        told.append(f"memory={memory()}")
    return ", ".join(told)


def sum_of_squares(n):
    """Work for the demo, some tenths of a millisecond."""
    return sum(i * i for i in range(n))


def demo(tuner, seconds):
    print(f"{tuner.url} as {environment()}")
    cases = [
        ("1,000 items", [ITEM] * 1000, False),
        ("1,500 items", [ITEM] * 1500, False),
        ("profiling", [ITEM] * 1000, True),
        ("unknown length", (ITEM for _ in range(1000)), False),
    ]
    for name, items, profile in cases:
        began = time.perf_counter()
        _, tuning = tuned(sum_of_squares, items, tuner, profile, seconds)
        took = time.perf_counter() - began
        print(f"{name}: workers={tuning.workers}, chunk={tuning.chunk}, {took:.2f} s; Cache-Status: {tuning.status}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--demo", action="store_true", required=True, help="maps some items, and prints each Cache-Status")
    parser.add_argument("--measure", action="store_true", help="measure what is not cached, and store it")
    parser.add_argument("--seconds", type=float, help="what one item takes, instead of timing the first ones")
    parser.add_argument("--timeout", type=float, default=0.5, help="seconds to wait for Cistern")
    parser.add_argument("--url", default=os.environ.get("CISTERN_URL", "http://localhost:8080"))
    options = parser.parse_args()
    token = os.environ.get("CISTERN_API_TOKEN")
    demo(Tuner(options.url, options.timeout, token, options.measure), options.seconds)


if __name__ == "__main__":
    main()
