<?php // A worker process for Pogo, for php-cli without extensions; see PROTOCOL.md.
const DATA = 0, ERROR = 1, HELLO = 3, SHARED = 4, SHUT_DOWN = 9;
const AS_IT_IS = JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_UNICODE;

$jobs = [
    'primes' => function (int $limit): int {
        for ($count = 0, $n = 2; $n < $limit; $n++) {
            for ($d = 2; $d * $d <= $n && $n % $d; $d++);
            $count += $d * $d > $n ? 1 : 0;
        }
        return $count;
    },
    'echo' => fn($args) => $args,
    'fail' => fn($args) => intdiv(1, 0),
    'spin' => function () { while (true); },
    'exit' => fn(int $status) => exit($status),
];

function read($from, int $length): string {
    $data = stream_get_contents($from, $length);
    return strlen($data) === $length ? $data : exit(0); // the host is gone
}

function send(int $kind, string $body): void {
    global $answers, $memory, $mine;
    if ($kind === DATA && strlen($body) > 4096 && strlen($body) <= $mine->length) {
        fseek($memory, $mine->offset);
        fwrite($memory, $body);
        [$kind, $body] = [SHARED, pack('NN', $mine->offset, strlen($body))];
    }
    fwrite($answers, pack('NC', strlen($body), $kind) . $body);
}

[$requests, $answers] = [fopen('php://fd/3', 'rb'), fopen('php://fd/4', 'wb')];
$mine = (object) ['offset' => 0, 'length' => 0]; // where in memory the answers go
send(HELLO, json_encode(['protocol_version' => 1, 'pid' => getmypid(), 'capabilities' => ['shm']]));
while (true) {
    ['length' => $length, 'kind' => $kind] = unpack('Nlength/Ckind', read($requests, 5));
    $body = read($requests, $length);
    $kind === SHUT_DOWN && exit(0);
    if ($kind === HELLO) {
        $mine = json_decode($body)->shm ?? $mine;
        $memory = $mine->length > 0 ? fopen('php://fd/5', 'r+b') : null;
        $memory && stream_set_read_buffer($memory, 0); // or it would give what it has read before
        continue;
    }
    if ($kind === SHARED) {
        $place = unpack('Noffset/Nlength', $body);
        $body = stream_get_contents($memory, $place['length'], $place['offset']);
    }
    try {
        $request = json_decode($body, flags: JSON_THROW_ON_ERROR);
        $job = $jobs[$request->class] ?? throw new Exception("no job {$request->class}");
        send(DATA, json_encode(['ok' => true, 'result' => $job($request->args)], AS_IT_IS));
    } catch (Throwable $e) {
        $error = ['ok' => false, 'error' => $e::class . ": {$e->getMessage()}"];
        send(ERROR, json_encode($error, JSON_INVALID_UTF8_SUBSTITUTE));
    }
}
