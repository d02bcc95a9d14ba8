"""Redis with replicas and Sentinels, a Redis Cluster, and instances of Cistern, as processes of this machine.

For the scripts beside it. Servers and Sentinels run from config/redis: the users, the disk and the times are ours.
"""
import os, re, signal, socket, subprocess, sys, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOST = "127.0.0.1"
PASSWORD = "bench"
SERVICE = "cistern"
# The port on which nodes of a cluster talk to each other is so far above the other.
BUS = 10_000
SLOTS = 16_384


def free_port(above=0):
    while True:
        with socket.socket() as s:
            s.bind((HOST, 0))
            port = s.getsockname()[1]
        if not above:
            return port
        # Ports that the system hands out are high, those of a bus are higher still.
        port -= 2 * above
        try:
            for each in (port, port + above):
                with socket.socket() as s:
                    s.bind((HOST, each))
            return port
        except OSError:
            continue


def wait(what, test, seconds=60, pause=0.05):
    """Until it holds; ends the script when it does not."""
    end = time.time() + seconds
    while time.time() < end:
        try:
            if test():
                return
        except (OSError, RedisError):
            pass
        time.sleep(pause)
    sys.exit(f"{what}: not within {seconds} s")


class RedisError(Exception):
    """What a server answered instead of a result."""


class Asker:
    """One connection to a server, for the few commands that a script needs."""

    def __init__(self, port, user=None, timeout=2):
        self.socket = socket.create_connection((HOST, port), timeout)
        self.reader = self.socket.makefile("rb")
        if user:
            self.ask("AUTH", user, PASSWORD)

    def ask(self, *words):
        parts = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        return self.answer()

    def answer(self):
        line = self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise OSError("the connection ended")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise RedisError(rest)
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == "-1" else self.reader.read(int(rest) + 2)[:-2].decode(errors="replace")
        if kind == b"*":
            return [self.answer() for _ in range(int(rest))]
        return rest

    def __enter__(self):
        return self

    def __exit__(self, *any):
        self.reader.close()
        self.socket.close()


STARTED = []
# Whoever ends a script by SIGTERM wants its processes to end as well.
signal.signal(signal.SIGTERM, lambda *any: sys.exit(1))


def kill_all():
    """Whatever was started here, however far that came."""
    for each in STARTED:
        if each.process and each.process.poll() is None:
            each.process.send_signal(signal.SIGCONT)
            each.kill()


# Many servers share the cores with all else: see the file.
THREADS = "io-threads 1"


class Server:
    """A redis-server or a Sentinel with a copy of one of our files, which it may rewrite."""

    def __init__(self, work, port, file, *lines, replace=()):
        self.port, self.folder, self.is_sentinel = port, os.path.join(work, str(port)), file == "sentinel.conf"
        os.makedirs(self.folder)
        with open(f"{ROOT}/config/redis/{file}") as f:
            text = f.read()
        for old, new in replace:
            text = text.replace(old, new)
        text += "\n" + "\n".join((f"port {port}", f"bind {HOST}", f"dir {self.folder}") + lines) + "\n"
        self.file, self.process = os.path.join(self.folder, "redis.conf"), None
        STARTED.append(self)
        with open(self.file, "w") as f:
            f.write(text)
        self.start()

    def start(self):
        """Once more, with what lies on its disk."""
        self.process = subprocess.Popen(["redis-server", self.file] + ["--sentinel"] * self.is_sentinel, cwd=self.folder,
                                        stdout=open(os.path.join(self.folder, "log"), "a"), stderr=subprocess.STDOUT)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def signal(self, which):
        self.process.send_signal(which)

    def is_alive(self):
        return self.process.poll() is None

    def ask(self, *words, timeout=2):
        with Asker(self.port, None if self.is_sentinel else "admin", timeout) as asker:
            return asker.ask(*words)

    def replicas(self):
        """That a Sentinel knows."""
        return [dict(zip(*[iter(each)] * 2)) for each in self.ask("SENTINEL", "REPLICAS", SERVICE)]

    def replication(self):
        return dict(line.split(":", 1) for line in self.ask("INFO", "replication").splitlines() if ":" in line)


def users(work):
    """The file of users with a password for each; its lines for a server."""
    path = os.path.join(work, "users.acl")
    with open(f"{ROOT}/config/redis/users.acl") as f:
        text = f.read()
    with open(path, "w") as f:
        f.write(re.sub(r"^(user \w+ on) ", rf"\1 >{PASSWORD} ", text, flags=re.M))
    return [("aclfile /etc/redis/users.acl", f"aclfile {path}")], f"masterauth {PASSWORD}"


class Sentinels:
    """A master with two replicas, watched by three Sentinels."""

    def __init__(self, work):
        replace, auth = users(work)
        self.servers, self.sentinels = [], []
        for i in range(3):
            lines = [auth, THREADS] + ([f"replicaof {HOST} {self.servers[0].port}"] if i else [])
            self.servers.append(Server(work, free_port(), "production.conf", *lines, replace=replace))
            wait("a server", lambda: self.servers[-1].ask("PING"))
        monitored = [("monitor cistern 127.0.0.1 6379 2", f"monitor {SERVICE} {HOST} {self.servers[0].port} 2")]
        for _ in range(3):
            self.sentinels.append(Server(work, free_port(), "sentinel.conf", f"sentinel auth-pass {SERVICE} {PASSWORD}", replace=monitored))
        wait("replicas and Sentinels", self.is_settled)

    def settings(self):
        return {"REDIS_SENTINEL_HOSTS": ",".join(f"{HOST}:{it.port}" for it in self.sentinels), "REDIS_SERVICE_NAME": SERVICE,
                "REDIS_USERNAME": "cistern", "REDIS_PASSWORD": PASSWORD}

    def master(self, part=0):
        """Whom two of three name."""
        named = []
        for sentinel in self.sentinels:
            try:
                named.append(int(sentinel.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1]))
            except (OSError, RedisError, TypeError):
                pass
        return next((it for it in self.servers if named.count(it.port) >= 2), None)

    def replicas(self, master):
        return [it for it in self.servers if it is not master]

    def parts_of(self, master):
        """All keys are its."""
        return None

    def prefer(self, replica):
        """From now on it becomes master, however far it is behind."""
        replica.ask("CONFIG", "SET", "replica-priority", 1)
        wait("Sentinels that know whom to prefer", lambda: all(self.prefers(it, replica) for it in self.sentinels))

    @staticmethod
    def prefers(sentinel, replica):
        return any(it["port"] == str(replica.port) and it["slave-priority"] == "1" for it in sentinel.replicas())

    def prefer_nobody(self):
        for server in self.servers:
            if server.is_alive():
                server.ask("CONFIG", "SET", "replica-priority", 100)

    def promote(self, late, others):
        late.signal(signal.SIGCONT)

    def is_settled(self):
        for sentinel in self.sentinels:
            master = dict(zip(*[iter(sentinel.ask("SENTINEL", "MASTER", SERVICE))] * 2))
            if master["num-other-sentinels"] != "2" or master["flags"] != "master":
                return False
            if sum(it["flags"] == "slave" and it["master-link-status"] == "ok" for it in sentinel.replicas()) != 2:
                return False
        return self.master() is not None


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = crc << 1 ^ (0x1021 if crc & 0x8000 else 0)
            crc &= 0xFFFF
    return crc


class Cluster:
    """Three masters, each with so many replicas."""

    PARTS = 16

    def __init__(self, work, replicas, cache):
        """The cache is the one whose parts are asked for."""
        replace, auth = users(work)
        self.servers, self.cache = [], cache
        for _ in range(3 * (1 + replicas)):
            # As silent as Sentinel lets a master be.
            self.servers.append(Server(work, free_port(BUS), "production.conf", auth, THREADS, "cluster-enabled yes", "cluster-node-timeout 3000",
                                       "cluster-require-full-coverage no", "cluster-allow-replica-migration no", replace=replace))
            wait("a node", lambda: self.servers[-1].ask("PING"))
        for i in range(3):
            self.servers[i].ask("CLUSTER", "ADDSLOTSRANGE", SLOTS * i // 3, SLOTS * (i + 1) // 3 - 1)
        # Two nodes with the same configuration epoch would settle it themselves, and later.
        for i, server in enumerate(self.servers):
            server.ask("CLUSTER", "SET-CONFIG-EPOCH", i + 1)
        for server in self.servers[1:]:
            self.servers[0].ask("CLUSTER", "MEET", HOST, server.port)
        wait("the cluster", lambda: all(len(self.nodes(it)) == len(self.servers) for it in self.servers))
        for i, server in enumerate(self.servers[3:]):
            server.ask("CLUSTER", "REPLICATE", self.id(self.servers[i % 3]))
        wait("the cluster's replicas", self.is_settled)

    def settings(self):
        return {"REDIS_CLUSTER_ENABLED": "true", "REDIS_CLUSTER_NODES": ",".join(f"{HOST}:{it.port}" for it in self.servers),
                "REDIS_USERNAME": "cistern", "REDIS_PASSWORD": PASSWORD}

    @staticmethod
    def nodes(server):
        return server.ask("CLUSTER", "NODES").splitlines()

    @staticmethod
    def id(server):
        return server.ask("CLUSTER", "MYID")

    def slot(self, part):
        return crc16(f"{self.cache}:{part}".encode()) % SLOTS

    def slots(self, server):
        """Of a server that takes itself for a master."""
        try:
            own = next(line for line in self.nodes(server) if "myself,master" in line).split()
        except (OSError, RedisError, StopIteration):
            return []
        ranges = [part.split("-") for part in own[8:] if not part.startswith("[")]
        return [range(int(it[0]), int(it[-1]) + 1) for it in ranges]

    def master(self, part=0):
        return next((it for it in self.servers if it.is_alive() and any(self.slot(part) in each for each in self.slots(it))), None)

    def parts_of(self, master):
        slots = self.slots(master)
        return {part for part in range(self.PARTS) if any(self.slot(part) in each for each in slots)}

    def prefer(self, replica):
        """Not known there."""

    def prefer_nobody(self):
        for server in self.servers:
            if server.is_alive():
                server.signal(signal.SIGCONT)

    def promote(self, late, others):
        """It is the only one who can."""
        for other in others:
            other.signal(signal.SIGSTOP)
        late.signal(signal.SIGCONT)

    def replicas(self, master):
        id = self.id(master)
        return [it for it in self.servers if it.is_alive() and it is not master and any("myself,slave " + id in line for line in self.nodes(it))]

    def is_settled(self):
        for server in self.servers:
            if "cluster_state:ok" not in server.ask("CLUSTER", "INFO"):
                return False
            told = server.replication()
            if told["role"] == "slave" and told["master_link_status"] != "up":
                return False
        masters = [it for it in self.servers if self.slots(it)]
        return len(masters) == 3 and all(len(self.replicas(it)) == len(self.servers) // 3 - 1 for it in masters)


class Instance:
    """One of ours."""

    def __init__(self, work, name, routes, settings, java=()):
        self.port, self.management, self.edits, self.folder = free_port(), free_port(), 0, os.path.join(work, name)
        os.makedirs(self.folder)
        self.log = os.path.join(work, name + ".log")
        self.edit(routes)
        self.process = subprocess.Popen(
            ["java", "-Xmx256m", *java, "-jar", "target/cistern.jar"], cwd=ROOT, stdout=open(self.log, "w"), stderr=subprocess.STDOUT,
            env={**os.environ, "CISTERN_HTTP_PORT": str(self.port), "CISTERN_MANAGEMENT_PORT": str(self.management),
                 "CISTERN_ROUTES_DIR": self.folder, "CISTERN_DATA_DIR": self.folder + "-data", **settings})
        STARTED.append(self)

    def edit(self, routes):
        """Saves its routes, at once and as a whole."""
        with open(os.path.join(self.folder, "new"), "w") as f:
            f.write(routes)
        os.replace(os.path.join(self.folder, "new"), os.path.join(self.folder, "caches.camel.yaml"))
        self.edits += 1

    def manage(self, path):
        with urllib.request.urlopen(f"http://{HOST}:{self.management}/observe/{path}", timeout=20) as answer:
            return answer.read().decode()

    def await_up(self):
        wait(f"an instance, see {self.log}", lambda: self.manage("health/ready") and self.manage("health"), 120)

    def kill(self):
        self.process.kill()
        self.process.wait()
