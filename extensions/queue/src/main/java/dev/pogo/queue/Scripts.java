package dev.pogo.queue;

import dev.pogo.redis.Script;

import java.util.List;

/** The atomic steps in Redis. All have the same keys, see {@code message.lua}. */
final class Scripts {
    static final Script ADD = script("add.lua");
    static final Script PUSH = script("push.lua");
    static final Script DUE = script("due.lua");
    static final Script ACK = script("ack.lua");
    static final Script RELEASE = script("release.lua");
    static final Script FAIL = script("fail.lua");
    static final Script RECLAIM = script("reclaim.lua");
    static final Script TIDY = script("tidy.lua");
    static final Script RETRY = script("retry.lua");
    static final Script LETTERS = script("letters.lua");
    static final Script NUMBERS = script("numbers.lua");
    static final Script PREPARE = script("prepare.lua");
    static final Script LEAVE = script("leave.lua");

    static final List<Script> ALL =
            List.of(
                    ADD, PUSH, DUE, ACK, RELEASE, FAIL, RECLAIM, TIDY, RETRY, LETTERS, NUMBERS,
                    PREPARE, LEAVE);

    private Scripts() {}

    private static Script script(String name) {
        return Script.resource(Scripts.class, "message.lua", name);
    }
}
