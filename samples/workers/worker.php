<?php // A worker process for Pogo, for php-cli without extensions; see PROTOCOL.md.
const DATA = 0, ERROR = 1, HELLO = 3, SHUT_DOWN = 9;

$jobs = [
    'primes' => function (int $limit): int {
        $count = 0;
        for ($n = 2; $n < $limit; $n++) {
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

function read(int $length): string {
    global $requests;
    $data = '';
    while (strlen($data) < $length) {
        $piece = fread($requests, $length - strlen($data));
        if ($piece === '' || $piece === false) {
            exit(0); // the host is gone
        }
        $data .= $piece;
    }
    return $data;
}

function send(int $kind, array $message): void {
    global $answers;
    $body = json_encode($message, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_UNICODE);
    $frame = pack('NC', strlen($body), $kind) . $body;
    for ($done = 0; $done < strlen($frame); $done += fwrite($answers, substr($frame, $done, 65536)));
    fflush($answers);
}

$requests = fopen('php://fd/3', 'rb');
$answers = fopen('php://fd/4', 'wb');
send(HELLO, ['protocol_version' => 1, 'pid' => getmypid(), 'capabilities' => []]);
while (true) {
    ['length' => $length, 'kind' => $kind] = unpack('Nlength/Ckind', read(5));
    $body = read($length);
    if ($kind === SHUT_DOWN) {
        exit(0);
    }
    if ($kind === DATA) {
        try {
            $request = json_decode($body, false, 512, JSON_THROW_ON_ERROR);
            $job = $jobs[$request->class] ?? throw new Exception("no job {$request->class}");
            send(DATA, ['ok' => true, 'result' => $job($request->args)]);
        } catch (Throwable $e) {
            send(ERROR, ['ok' => false, 'error' => get_class($e) . ': ' . $e->getMessage()]);
        }
    }
}
