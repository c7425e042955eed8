package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskFailedException;
import dev.pogo.remote.RemoteJobException.Reason;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are not what they should be, and servers that do not let everybody in. */
class RemoteSecurityTest extends FleetTest {
    RemoteSecurityTest(RedisServer server) {
        super(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "null\n{\"class\": \"dev.pogo.remote.Jobs$Echo\", \"args\": 1}",
                "[]\n{\"class\": \"dev.pogo.remote.Jobs$Echo\", \"args\": 1}",
                "{\"heartbeat_ms\": 300, \"expires_ms\": 9}\n",
                "{\"heartbeat_ms\": 300, \"expires_ms\": 9}\n{\"args\": 1}",
                "{\"heartbeat_ms\": 300, \"left_ms\": \"soon\"}\n{\"class\": \"A\", \"args\": 1}",
                "{\"heartbeat_ms\": 300, \"mdc\": 1}\n{\"class\": \"A\", \"args\": 1}",
                "{\"version\": 2, \"heartbeat_ms\": 300}\n"
                        + "{\"class\": \"dev.pogo.remote.Jobs$Echo\", \"args\": 1}",
                "{\"heartbeat_ms\": 20}\n{\"class\": \"dev.pogo.remote.Jobs$Echo\", \"args\": 1}",
                "{\"heartbeat_ms\": 300}\n"
                        + "{\"class\": \"dev.pogo.remote.Jobs$Echo\", \"args\": 1, \"x\": 2}",
            })
    void request_thatIsMalformed_isRefusedAndCounted(String request) {
        JobHost host = fleet.host(1);
        send("1", request);
        Probe.until(() -> Fleet.stats(host).malformed() == 1, () -> Fleet.stats(host));
        Probe.until(() -> probe.length(Probe.key("answers:stranger")) == 1);
        assertEquals(0, Fleet.stats(host).running());
    }

    private void send(String number, String request) {
        probe.set(Probe.key("request:stranger/" + number), request);
        probe.push(Probe.key("queue"), "stranger/" + number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a", "a/b", "a/", "../../1", "a/1/b", "a\u0000/x"})
    void id_thatIsNone_isPassedOver(String id) throws InterruptedException {
        JobHost host = fleet.host(1);
        probe.set(Probe.key("request:" + id), "x");
        probe.push(Probe.key("queue"), id);
        PogoRuntime caller = fleet.caller(1);
        try (PogoScope scope = caller.open()) {
            assertEquals(1, scope.spawn(Fleet.POOL, Jobs.Echo.class, 1).await(Fleet.LONG));
        }
        assertEquals(1, Fleet.stats(host).done());
    }

    @Test
    void answers_thatNobodyCanUnderstand_areDroppedAndLaterOnesArrive()
            throws InterruptedException {
        fleet.host(1);
        PogoRuntime caller = fleet.caller(1);
        Probe.until(() ->
                probe.number(redis.clients.jedis.Protocol.Command.ZCARD, Probe.key("callers"))
                        == 1);
        String name = probe.first(Probe.key("callers"));
        probe.push(Probe.key("answers:" + name), "nonsense");
        probe.push(Probe.key("answers:" + name), "{\"request\": 77, \"end\": \"done\"}\n{}");
        try (PogoScope scope = caller.open()) {
            assertEquals(1, scope.spawn(Fleet.POOL, Jobs.Echo.class, 1).await(Fleet.LONG));
        }
    }

    @Test
    void server_thatDemandsAPassword_isUsedWithItAndNotWithout() throws InterruptedException {
        try (RedisServer guarded = RedisServer.start("--requirepass", "s3cret")) {
            String url = "redis://:s3cret@127.0.0.1:" + guarded.port();
            RemoteWorkers workers = RemoteWorkers.redis(url, Fleet.QUEUE);
            assertFalse(workers.toString().contains("s3cret"), workers::toString);
            HostConfig config = HostConfig.redis(url);
            assertFalse(config.toString().contains("s3cret"), config::toString);
            fleet.host(1, config.withHeartbeat(Fleet.BEAT));
            PogoRuntime caller = fleet.caller(1, workers.withHeartbeat(Fleet.BEAT));
            try (PogoScope scope = caller.open()) {
                assertEquals(1, scope.spawn(Fleet.POOL, Jobs.Echo.class, 1).await(Fleet.LONG));
            }
            refused(RemoteWorkers.redis(guarded.url(), Fleet.QUEUE), "NOAUTH");
            refused(
                    RemoteWorkers.redis(
                            "redis://default:wrong@127.0.0.1:" + guarded.port(), Fleet.QUEUE),
                    "WRONGPASS");
            fleet.close();
        }
    }

    @Test
    void user_ofItsOwn_isLoggedIn() throws InterruptedException {
        probe.run("ACL", "SETUSER", "pogo", "on", ">pw:@/", "~pogo:*", "+@all", "-@dangerous");
        String url = "redis://pogo:pw%3A%40%2F@127.0.0.1:" + server.port();
        fleet.host(1, HostConfig.redis(url).withHeartbeat(Fleet.BEAT));
        PogoRuntime caller =
                fleet.caller(1, RemoteWorkers.redis(url, Fleet.QUEUE).withHeartbeat(Fleet.BEAT));
        try (PogoScope scope = caller.open()) {
            assertEquals(1, scope.spawn(Fleet.POOL, Jobs.Echo.class, 1).await(Fleet.LONG));
        }
        fleet.close();
        probe.run("ACL", "DELUSER", "pogo");
    }

    private void refused(RemoteWorkers workers, String message) {
        PogoRuntime caller = fleet.caller(1, workers.withHeartbeat(Fleet.BEAT));
        try (PogoScope scope = caller.open()) {
            Task<Object> task = scope.spawn(Fleet.POOL, Jobs.Echo.class, 1);
            TaskFailedException e =
                    assertThrows(TaskFailedException.class, () -> task.await(Fleet.LONG));
            RemoteTest.assertReason(Reason.NOT_SENT, message, e);
            assertFalse(String.valueOf(e.getMessage()).contains("wrong@"), e::getMessage);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:hush@[bad",
                "http://user:hush@h:1",
                "redis://user:hush@h:1/x",
                "redis://user:hush@h:1/1?q=1",
                "redis://hush@h:1",
                "redis:///hush",
            })
    void address_thatIsWrong_isRefusedWithoutBeingShown(String url) {
        InvalidConfigException e =
                assertThrows(
                        InvalidConfigException.class, () -> RemoteWorkers.redis(url, Fleet.QUEUE));
        assertFalse(String.valueOf(e.getMessage()).contains("hush"), e::getMessage);
        for (String json :
                new String[] {
                    "{\"worker\": {\"queue\": \"q\", \"redis\": \"%s\"}}",
                    "{\"host\": {\"redis\": \"%s\"}}"
                }) {
            InvalidConfigException inFile =
                    assertThrows(
                            InvalidConfigException.class,
                            () -> PogoConfig.parse(json.formatted(url)));
            assertTrue(
                    !url.contains("@") || !String.valueOf(inFile.getMessage()).contains("hush"),
                    inFile::getMessage);
        }
    }
}
