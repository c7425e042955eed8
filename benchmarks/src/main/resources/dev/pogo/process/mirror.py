"""A worker that sends each body back as it is, and by the way that it came."""
import mmap, os, struct

memory = mmap.mmap(5, 0) if os.path.exists("/proc/self/fd/5") else None
requests = open(3, "rb")


def write(data):
    view = memoryview(data)
    while view:
        view = view[os.write(4, view) :]


def send(kind, body):
    header = struct.pack(">IB", len(body), kind)
    if len(body) < 65536:
        write(header + body)
    else:
        write(header)
        write(body)


shm = b'["shm"]' if memory else b"[]"
send(3, b'{"protocol_version": 1, "pid": %d, "capabilities": %s}' % (os.getpid(), shm))
answers = 0
while True:
    length, kind = struct.unpack(">IB", requests.read(5))
    body = requests.read(length)
    if kind == 9:
        os._exit(0)
    if kind == 0:
        send(0, body)
    elif kind == 4:
        offset, length = struct.unpack(">II", body)
        memory[:length] = memory[offset : offset + length]
        send(4, struct.pack(">II", 0, length))
