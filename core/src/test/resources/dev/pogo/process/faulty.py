"""A worker that does what a worker must not do: the first job's name says what."""
import fcntl, json, os, select, struct, subprocess, sys, time

DATA, ERROR, FATAL, HELLO, SHARED, SHUT_DOWN = 0, 1, 2, 3, 4, 9


def frame(kind, body):
    return struct.pack(">IB", len(body), kind) + body


def write(data):
    while data:
        data = data[os.write(4, data) :]


def ok(result):
    return frame(DATA, json.dumps({"ok": True, "result": result}).encode())


def mark(path):
    """Tells the test that a phase is reached, for then the file is there."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))


def forever():
    while True:
        time.sleep(60)


def read(length):
    data = b""
    while len(data) < length:
        piece = os.read(3, length - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data


def child(detached):
    """A process that ignores what can be ignored, and holds the worker's descriptors."""
    code = "import signal,time;[signal.signal(s, signal.SIG_IGN) for s in (1, 2, 13, 15)];time.sleep(600)"
    return subprocess.Popen([sys.executable, "-c", code], pass_fds=(3, 4), start_new_session=detached).pid


def daemon():
    """A grandchild in a session of its own, whose parent has ended."""
    readable, writable = os.pipe()
    if os.fork() == 0:
        os.setsid()
        os.write(writable, str(child(True)).encode())
        os._exit(0)
    os.wait()
    return int(os.read(readable, 20))


def run(name, args):
    if name == "echo":
        write(ok(args))
    elif name == "bytes":
        write(ok("x" * args))
    elif name == "length":
        write(ok(len(args)))
    elif name == "forever":
        mark(args)
        forever()
    elif name == "until":
        while not os.path.exists(args):
            time.sleep(0.002)
        write(ok(args))
    elif name == "half_answer":
        write(ok("x" * 100)[:50])
        mark(args)
        forever()
    elif name == "truncated":
        write(ok("x" * 100)[:50])
        os._exit(0)
    elif name == "truncated_header":
        write(b"\0\0\0")
        os._exit(0)
    elif name == "slow":
        for byte in ok("x"):
            write(bytes([byte]))
            time.sleep(args)
    elif name == "garbage":
        write(b"Traceback (most recent call last):\n")
        forever()
    elif name == "random":
        write(bytes.fromhex(args))
        os._exit(0)
    elif name == "huge":
        write(struct.pack(">IB", 0xFFFFFFFF, DATA))
        forever()
    elif name == "not_json":
        write(frame(DATA, b"{'ok': True}"))
    elif name == "error_ok":
        write(frame(ERROR, b'{"ok": true}'))
    elif name == "shared_outside":
        write(frame(SHARED, struct.pack(">II", 0xFFFFFF00, 64)))
        forever()
    elif name == "shared_huge":
        write(frame(SHARED, struct.pack(">II", 0, 8192)))
        forever()
    elif name == "shared_short":
        write(frame(SHARED, b"1234"))
        forever()
    elif name == "fatal":
        write(frame(FATAL, "no memory left, sorry".encode()))
        forever()
    elif name == "twice":
        write(ok(1) + ok(2))
        forever()
    elif name == "hello_again":
        write(frame(HELLO, b"{}"))
        forever()
    elif name == "close_3":
        os.close(3)
        write(ok(1))
        forever()
    elif name == "close_4":
        os.close(4)
        forever()
    elif name == "stderr":
        for i in range(30):
            print("line", i, file=sys.stderr)
        print("on stdout \x1b[31m", flush=True)
        os._exit(args)
    elif name == "long_line":
        print("x" * 10_000_000, flush=True)
        os._exit(1)
    elif name == "signal":
        os.kill(os.getpid(), args)
        forever()
    elif name == "child":
        write(ok(child(False)))
    elif name == "detached":
        write(ok(child(True)))
    elif name == "daemon":
        write(ok(daemon()))
    elif name == "child_forever":
        pid = daemon()
        with open(args, "w") as file:
            file.write("%d %d" % (child(False), pid))
        os.rename(args, args + ".done")
        forever()
    elif name == "frozen_next":
        write(ok(1))
        read(5 + 20)
        mark(args)
        forever()
    elif name == "env":
        write(ok([os.environ.get("POGO_WORKER"), sorted(os.listdir("/proc/self/fd")), os.getsid(0) == os.getpid()]))
    elif name == "stubborn":
        write(ok(1))
        forever()
    else:
        write(frame(ERROR, json.dumps({"ok": False, "error": "no job " + name}).encode()))


def answer_unread():
    """Answers one request without reading it, which it leaves in the pipe."""
    select.select([3], [], [])
    write(ok(1))
    forever()


mode = sys.argv[1] if len(sys.argv) > 1 else ""
if mode == "mute":
    forever()
elif mode == "wrong-version":
    write(frame(HELLO, b'{"protocol_version": 2, "pid": 1, "capabilities": []}'))
    forever()
elif mode == "no-pid":
    write(frame(HELLO, b'{"protocol_version": 1, "capabilities": []}'))
    forever()
elif mode == "answer-first":
    write(ok(1))
    forever()
elif mode == "flaky" and not os.path.exists(sys.argv[2]):
    print("not yet", file=sys.stderr)
    os._exit(1)
elif mode == "unread":
    fcntl.fcntl(3, fcntl.F_SETPIPE_SZ, 4096)  # so that it is full soon
shm = ["shm"] if mode == "shm" else []
write(frame(HELLO, json.dumps({"protocol_version": 1, "pid": os.getpid(), "capabilities": shm}).encode()))
while True:
    length, kind = struct.unpack(">IB", read(5))
    body = read(length)
    if kind == HELLO and mode == "hello-and-exit":
        print("no database", file=sys.stderr)
        os._exit(1)
    if kind == HELLO and mode == "unread":
        answer_unread()
    if kind == SHUT_DOWN:
        if mode == "slow-end":
            os.close(4)
            time.sleep(0.6)
            mark(sys.argv[2])
        os._exit(0)
    if kind == DATA:
        request = json.loads(body)
        run(request["class"], request["args"])
