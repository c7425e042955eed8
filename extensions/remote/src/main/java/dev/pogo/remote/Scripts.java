package dev.pogo.remote;

import dev.pogo.redis.Script;

import java.util.List;

/** The atomic steps of the protocol. */
final class Scripts {
    static final Script PUSH = Script.resource(Scripts.class, "push.lua");
    static final Script CLAIM = Script.resource(Scripts.class, "claim.lua");
    static final Script ANSWER = Script.resource(Scripts.class, "answer.lua");
    static final Script WITHDRAW = Script.resource(Scripts.class, "withdraw.lua");
    static final Script WATCH = Script.resource(Scripts.class, "watch.lua");
    static final Script CLAIMED = Script.resource(Scripts.class, "claimed.lua");
    static final Script BEAT = Script.resource(Scripts.class, "beat.lua");

    static final List<Script> OF_CALLERS = List.of(PUSH, WITHDRAW, WATCH);
    static final List<Script> OF_HOSTS = List.of(ANSWER, BEAT);
    static final List<Script> OF_CLAIMERS = List.of(CLAIM, CLAIMED);

    private Scripts() {}
}
