"""A job host for Pogo, see remote-protocol.md: host.py REDIS_URL QUEUE SLOTS [HEARTBEAT_SECONDS]"""
import ctypes, itertools, json, os, random, re, redis, signal, socket, sys, time

URL, QUEUE, SLOTS, BEAT = sys.argv[1], sys.argv[2], int(sys.argv[3]), float((sys.argv + ["1"])[4])
HOST = "%s-%d-%06x" % (socket.gethostname(), os.getpid(), random.getrandbits(24))
PREFIX, KEEP, LIMIT, YEAR = "pogo:{%s}:" % QUEUE, int(20_000 * BEAT), 1 << 20, 365 * 86_400_000
IDS, HOSTS, CALLERS, CANCELS = (PREFIX + name for name in ("queue", "hosts", "callers", "cancels:" + HOST))
server = redis.Redis.from_url(URL, socket_timeout=10 * BEAT)
CLAIM = server.register_script("""local caller, number = string.match(ARGV[3], '^(.+)/(%d+)$')
    local request, claims = ARGV[1] .. 'request:' .. ARGV[3], ARGV[1] .. 'claims:' .. caller
    if redis.call('EXISTS', request) == 0 then return nil end
    redis.call('HSET', claims, number, ARGV[2])
    redis.call('PEXPIRE', claims, ARGV[4])
    return {redis.call('PTTL', request), redis.call('GETDEL', request)}""")
ANSWER = server.register_script("""local claims = ARGV[1] .. 'claims:' .. ARGV[3]
    if redis.call('HGET', claims, ARGV[4]) ~= ARGV[2] then return 0 end
    redis.call('HDEL', claims, ARGV[4])
    redis.call('RPUSH', ARGV[1] .. 'answers:' .. ARGV[3], ARGV[5])
    return redis.call('PEXPIRE', ARGV[1] .. 'answers:' .. ARGV[3], ARGV[6])""")

def work(args):
    counters = redis.Redis.from_url(URL)
    counters.rpush("begun:%d" % args["number"], counters.incr("running"))
    time.sleep(args["millis"] / 1000)
    counters.rpush("ended:%d" % args["number"], counters.decr("running"))

JOBS = {"echo": lambda args: args, "fail": lambda args: 1 // 0, "exit": os._exit, "work": work,
        "spin": lambda args: any(itertools.repeat(False))}
DEATHS = {signal.SIGKILL: ("cancelled", "it was killed"), signal.SIGALRM: ("expired", "its time was over")}

def answer(id, end, error, body=""):
    caller, _, number = id.rpartition(b"/")
    if end == "done" and error:
        body, error = json.dumps({"ok": False, "error": "on host %s: %s" % (HOST, error)}), None
    head = json.dumps({"request": int(number), "end": end, "host": HOST, "error": error})
    for _ in range(40):  # until its claim has expired; only the first one that arrives counts
        try: return ANSWER([IDS], [PREFIX, HOST, caller, number, head + "\n" + body, KEEP])
        except redis.RedisError: time.sleep(BEAT / 2)

def serve(id, end="refused", error=None, body=""):  # in a process that Linux kills with the host
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    try:
        kept, message = CLAIM([IDS], [PREFIX, HOST, id, KEEP]) or os._exit(0)
        header, request = map(json.loads, message.split(b"\n", 1))
        assert len(message) <= LIMIT and header["heartbeat_ms"] == round(1000 * BEAT), "size or heartbeat"
        job, args = {1: JOBS}[header.get("version", 1)][request["class"]], request.get("args")
        left = header.get("left_ms", YEAR) - max(0, header["expires_ms"] - kept)
        left > 0 or os.kill(os.getpid(), signal.SIGALRM)  # as the timer does later
        _, end = signal.setitimer(signal.ITIMER_REAL, left / 1000), "done"
        body = json.dumps({"ok": True, "result": job(args)}, allow_nan=False)
        assert len(body) <= LIMIT, "the answer has %d bytes, more than %d" % (len(body), LIMIT)
    except BaseException as e: body, error = "", repr(e)  # also if the claim's reply was lost
    answer(id, end, error, body)
    os._exit(0)

jobs, seen, looked, stopping = {}, {}, 0, []  # jobs: ids by process; seen: last beats, and since when
signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
while jobs or not stopping:
    unwanted, callers = set(), {id: id.rpartition(b"/")[0] for id in jobs.values()}
    try:
        if time.monotonic() - looked >= BEAT / 2:
            now = int(float("%d.%06d" % server.time()) * 1000)
            server.pipeline().zadd(HOSTS, {HOST: now}).pexpire(HOSTS, KEEP).execute()
            server.zremrangebyscore(HOSTS, "-inf", now - KEEP)
            beats, now = {c: server.zscore(CALLERS, c) for c in callers.values()}, time.monotonic()
            known, looked = seen if now - looked < 1.5 * BEAT else {}, now
            seen = {c: known[c] if known.get(c, [0])[0] == beats[c] else (beats[c], now) for c in beats}
            unwanted = {id for id in callers if now - seen[callers[id]][1] >= 2 * BEAT}
        lists = [CANCELS] if stopping or len(jobs) == SLOTS else [CANCELS, IDS]
        key, id = server.blpop(lists, 0.02 if jobs else BEAT / 2) or (None, None)
        if key == CANCELS.encode(): unwanted.add(id)
        elif id and (stopping or time.monotonic() - looked > 2 * BEAT): server.lpush(IDS, id)
        elif id and id not in callers and re.fullmatch(rb".+/\d{1,18}", id): jobs[os.fork() or serve(id)] = id
    except redis.RedisError: time.sleep(BEAT / 2)
    for pid in [pid for pid in jobs if jobs[pid] in unwanted]: os.kill(pid, signal.SIGKILL)
    while jobs and (dead := os.waitpid(-1, os.WNOHANG))[0]:
        died = "done", "its process ended with wait status %d" % dead[1]
        answer(jobs.pop(dead[0]), *DEATHS.get(dead[1], died))  # too late if it has answered
server.pipeline().zrem(HOSTS, HOST).delete(CANCELS).execute()
