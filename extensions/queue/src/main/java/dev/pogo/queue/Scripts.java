package dev.pogo.queue;

import dev.pogo.redis.Script;

import java.util.List;

/** The atomic steps in Redis. */
final class Scripts {
    static final Script PUSH = Script.resource(Scripts.class, "push.lua");
    static final Script ADD = Script.resource(Scripts.class, "add.lua");
    static final Script DUE = withMessages("due.lua");
    static final Script ACK = Script.resource(Scripts.class, "ack.lua");
    static final Script RELEASE = withMessages("release.lua");
    static final Script FAIL = withMessages("fail.lua");
    static final Script RECLAIM = withMessages("reclaim.lua");
    static final Script RETRY = withMessages("retry.lua");
    static final Script LETTERS = Script.resource(Scripts.class, "letters.lua");
    static final Script NUMBERS = Script.resource(Scripts.class, "numbers.lua");
    static final Script PREPARE = Script.resource(Scripts.class, "prepare.lua");
    static final Script LEAVE = Script.resource(Scripts.class, "leave.lua");

    static final List<Script> ALL =
            List.of(
                    ADD, PUSH, DUE, ACK, RELEASE, FAIL, RECLAIM, RETRY, LETTERS, NUMBERS, PREPARE,
                    LEAVE);

    private Scripts() {}

    private static Script withMessages(String name) {
        return Script.resource(Scripts.class, "message.lua", name);
    }
}
