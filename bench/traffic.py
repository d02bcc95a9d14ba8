"""An origin, clients at a steady rate, and a checker of what they are told. For the scripts beside it.

All of it runs on one loop in a thread of its own, so that what came first is known.
"""
import asyncio, collections, itertools, json, random, threading, time

GROUPS, MEMBERS = 10, 30
KEYS = [f"{group:02}-{member:02}" for group in range(GROUPS) for member in range(MEMBERS)]
CACHES = ("items", "plain")
# From the acknowledgement of an invalidation until it holds on the other instance.
BOUND = 0.1
LONGEST = 15
# Instances close connections after a minute without a request.
IDLE = 30
UNDER_WAY = 3_000


def java_hash(key):
    number = 0
    for character in key:
        number = 31 * number + ord(character) & 0xFFFFFFFF
    return number


class Origin:
    """Answers each request with a number that no request before got, after 1 to 30 ms."""

    def __init__(self):
        self.numbers, self.last, self.dice, self.port, self.calls = itertools.count(1), 0, random.Random(1), None, 0

    async def start(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.calls += 1
                self.last = number = next(self.numbers)
                await asyncio.sleep(self.dice.uniform(0.001, 0.03))
                body = json.dumps({"n": number, "filling": "x" * 1000}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    def routes(self, ttl="10m"):
        return "".join(f"""- route:
    id: {cache}
    from:
      uri: cistern:{cache}
      parameters: {{ ttl: {ttl}, near: "{near}" }}
      steps:
        - setHeader: {{ name: CamelHttpPath, simple: "/${{header.CisternKeyEncoded}}" }}
        - to: {{ uri: "http://127.0.0.1:{self.port}/{cache}" }}
        - setHeader: {{ name: CisternTags, simple: "${{header.CisternKey.substring(0,2)}}" }}
""" for cache, near in zip(CACHES, ("2000", "off")))


class Promise:
    """What is known to have been invalidated of a key: the number of the origin when an invalidation was sent."""

    def __init__(self):
        self.here, self.anywhere, self.recent = [0, 0], 0, collections.deque()

    def note(self, slot, number):
        self.here[slot] = max(self.here[slot], number)
        self.recent.append((time.monotonic(), number))

    def least(self, slot, now):
        """What a lookup that begins now has to be newer than: in any case, and on an instance that reaches Redis."""
        while self.recent and self.recent[0][0] < now - BOUND:
            self.anywhere = max(self.anywhere, self.recent.popleft()[1])
        return self.here[slot], self.anywhere


Answer = collections.namedtuple("Answer", "status way body")


class Clients:
    """Connections to an instance, as many as are under way."""

    def __init__(self, port):
        self.port, self.idle = port, []

    def kept(self):
        """The connection used last, unless the instance is about to close it for being idle."""
        while self.idle:
            reader, writer, used = self.idle.pop()
            if time.monotonic() - used < IDLE and not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def ask(self, method, path, began):
        reader, writer = self.kept() or await asyncio.open_connection("127.0.0.1", self.port)
        try:
            began()
            writer.write(f"{method} {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
        except BaseException:
            writer.close()
            raise
        if headers.get("connection", "").lower() == "close":
            writer.close()
        else:
            self.idle.append((reader, writer, time.monotonic()))
        return Answer(int(head[0].split()[1]), headers.get("cache-status", ""), body)


class Traffic:
    """Lookups of keys that are near, shared and cold, and invalidations, at a rate that nothing slows down."""

    def __init__(self, lookups, invalidations, seed):
        self.rates, self.dice, self.origin = (lookups, invalidations), random.Random(seed), Origin()
        self.promises = collections.defaultdict(Promise)
        self.counts, self.wrong, self.times = collections.Counter(), [], []
        self.clients, self.under_way, self.cold = [], set(), itertools.count(1)
        self.marked, self.parts, self.back, self.changing = 0, None, {}, {}
        self.loop, self.done = asyncio.new_event_loop(), False
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.call(self.origin.start())

    def call(self, what):
        return asyncio.run_coroutine_threadsafe(what, self.loop).result()

    def start(self, ports):
        self.clients = [Clients(port) for port in ports]
        self.running = [asyncio.run_coroutine_threadsafe(self.repeat(rate, act), self.loop)
                        for rate, act in zip(self.rates, (self.lookup_any, self.invalidate_any))]

    def stop(self):
        """Ends when all is answered; every key is looked up once more on both instances."""
        self.done = True
        for each in self.running:
            each.result()
        self.call(self.drained())
        self.call(self.look_all_up())

    async def drained(self):
        while self.under_way:
            await asyncio.wait(list(self.under_way))

    async def look_all_up(self):
        await asyncio.sleep(2 * BOUND)
        for cache in CACHES:
            for key in KEYS:
                for slot in range(len(self.clients)):
                    await self.lookup(slot, cache, key)

    async def repeat(self, rate, act):
        began = time.monotonic()
        for number in itertools.count(1):
            if self.done:
                return
            await asyncio.sleep(max(0, began + number / rate - time.monotonic()))
            if len(self.under_way) >= UNDER_WAY:
                self.note(f"{UNDER_WAY} requests are under way")
                continue
            task = self.loop.create_task(act())
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)

    def mark(self, parts):
        """From now on it is watched when each instance has shared hits, and takes changes, of these parts again."""
        self.parts, self.back, self.changing, self.marked = parts, {}, {}, time.monotonic()

    def taken(self):
        """Counts and times since it was asked last."""
        counts, self.counts, times, self.times = self.counts, collections.Counter(), self.times, []
        return counts, times

    def note(self, what, kind="failed"):
        self.counts[kind] += 1
        self.wrong.append(time.strftime("%H:%M:%S ") + what)

    def random_key(self):
        return KEYS[int(len(KEYS) * self.dice.random() ** 2)]

    async def lookup_any(self):
        slot, cache = self.dice.randrange(len(self.clients)), self.dice.choice(CACHES)
        key = self.random_key() if self.dice.random() < 0.9 else f"co-{next(self.cold)}"
        await self.lookup(slot, cache, key)

    async def lookup(self, slot, cache, key):
        began, least = [], []

        def begin():
            began.append(time.monotonic())
            least.extend(self.promises[cache, key].least(slot, began[0]) if key[0] != "c" else (0, 0))

        try:
            answer = await asyncio.wait_for(self.clients[slot].ask("GET", f"/caches/{cache}/entries/{key}", begin), LONGEST)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as e:
            self.note(f"instance {slot}, {cache}/{key}: {e!r}")
            return
        self.counts["lookups"] += 1
        self.times.append(time.monotonic() - began[0])
        if answer.status != 200:
            self.note(f"instance {slot}, {cache}/{key}: {answer.status} {answer.body[:200]}")
            return
        parts = {part.strip() for part in answer.way.split(";")}
        is_cut = "cut" in parts
        self.counts["cut"] += is_cut
        self.counts["near" if "detail=near" in parts else "shared" if "detail=shared" in parts else "loaded"] += 1
        number = json.loads(answer.body)["n"]
        if number <= least[0] or number <= least[1] and not is_cut:
            self.note(f"instance {slot}, {cache}/{key} is {number}; invalidated here after {least[0]}, anywhere after {least[1]}, "
                      f"it took {self.times[-1] * 1000:.0f} ms, {time.monotonic() - self.marked:.1f} s after the last trouble began: {answer.way}", "undone")
        if "detail=shared" in parts and cache == "plain" and began[0] > self.marked and self.concerns(key):
            self.back.setdefault(slot, time.monotonic() - self.marked)

    def concerns(self, key):
        return self.parts is None or java_hash(key) % 16 in self.parts

    async def invalidate_any(self):
        slot, cache, key, kind = self.dice.randrange(len(self.clients)), self.dice.choice(CACHES), self.random_key(), self.dice.random()
        if kind < 0.95:
            await self.invalidate(slot, cache, "/" + key, [key])
        elif kind < 0.975:
            await self.invalidate(slot, cache, "?tag=" + key[:2], [it for it in KEYS if it[:2] == key[:2]])
        elif kind < 0.995:
            await self.invalidate(slot, cache, "?pattern=*" + key[2:], [it for it in KEYS if it[2:] == key[2:]])
        else:
            await self.invalidate(slot, cache, "", KEYS)

    async def invalidate(self, slot, cache, which, keys):
        before = []

        def begin():
            before.extend((self.origin.last, time.monotonic()))

        try:
            answer = await asyncio.wait_for(self.clients[slot].ask("DELETE", f"/caches/{cache}/entries{which}", begin), LONGEST)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as e:
            self.note(f"instance {slot}, invalidation of {cache}{which}: {e!r}")
            return
        if answer.status == 204:
            self.counts["acknowledged"] += 1
            for key in keys:
                self.promises[cache, key].note(slot, before[0])
            if cache == "plain" and before[1] > self.marked and len(keys) == 1 and self.concerns(keys[0]):
                self.changing.setdefault(slot, time.monotonic() - self.marked)
        elif answer.status == 503:
            self.counts["refused"] += 1
        else:
            self.note(f"instance {slot}, invalidation of {cache}{which}: {answer.status} {answer.body[:200]}")
