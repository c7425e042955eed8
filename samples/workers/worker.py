"""A worker process for Pogo, in Python's standard library alone; see PROTOCOL.md."""
import itertools, json, mmap, os, struct, sys, time

DATA, ERROR, HELLO, SHARED, SHUT_DOWN = 0, 1, 3, 4, 9

JOBS = {
    "primes": lambda limit: sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit)),
    "echo": lambda args: args,
    "fail": lambda args: 1 // 0,
    "sleep": lambda millis: time.sleep(millis / 1000),
    "spin": lambda args: any(itertools.repeat(False)),
    "exit": lambda status: os._exit(status),
}


def read(length):
    data = requests.read(length)
    if len(data) < length:
        os._exit(0)  # the host is gone
    return data


def send(kind, body):
    answers.write(struct.pack(">IB", len(body), kind) + body)
    answers.flush()


def answer(request):
    try:
        job = JOBS[request["class"]]
        body = json.dumps({"ok": True, "result": job(request["args"])}, allow_nan=False).encode()
    except Exception as e:
        return send(ERROR, json.dumps({"ok": False, "error": repr(e)}).encode())
    if not 4096 < len(body) <= mine["length"]:
        return send(DATA, body)
    memory[mine["offset"] : mine["offset"] + len(body)] = body
    send(SHARED, struct.pack(">II", mine["offset"], len(body)))


requests = os.fdopen(3, "rb")
answers = os.fdopen(4, "wb")
memory = None
mine = {"offset": 0, "length": 0}  # where in memory the answers go
send(HELLO, json.dumps({"protocol_version": 1, "pid": os.getpid(), "capabilities": ["shm"]}).encode())
while True:
    length, kind = struct.unpack(">IB", read(5))
    body = read(length)
    if kind == SHUT_DOWN:
        sys.exit()
    if kind == SHARED:
        offset, length = struct.unpack(">II", body)
        body = memory[offset : offset + length]
    if kind == HELLO:
        mine = json.loads(body).get("shm", mine)
        memory = mmap.mmap(5, 0) if mine["length"] else None
    else:
        answer(json.loads(body))
