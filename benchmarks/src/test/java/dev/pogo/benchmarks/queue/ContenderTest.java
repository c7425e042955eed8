package dev.pogo.benchmarks.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.benchmarks.measure.Comparison;
import dev.pogo.benchmarks.measure.Contender;
import dev.pogo.benchmarks.measure.Figures;
import dev.pogo.benchmarks.measure.ServerWatch;
import dev.pogo.queue.RedisBackend;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import redis.clients.jedis.Protocol.Command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is compared pushes and handles messages, and leaves nothing to the next slice. */
@ExtendWith(RedisExtension.class)
class ContenderTest {
    private static final Payload PAYLOAD = Payload.of(100);

    private final RedisServer server;

    ContenderTest(RedisServer server) {
        this.server = server;
    }

    @Test
    void json_hasAsManyBytesAsAsked() {
        assertEquals(100, PAYLOAD.json().length);
    }

    @Test
    void run_flows_countsTheCommandsOfEach() throws InterruptedException {
        Map<String, Contender> flows = new LinkedHashMap<>();
        for (HandFlow.Care care : HandFlow.Care.values()) {
            flows.put(care.name(), new HandFlow(server.url(), care.name(), PAYLOAD, 2, 8, care));
        }
        flows.put("pogo", new PogoFlow(RedisBackend.at(server.url()), "q", PAYLOAD, 2, 8));
        try (ServerWatch watch = new ServerWatch(server.port())) {
            Comparison measured = Comparison.run(flows, 8, watch, 1, Duration.ofMillis(200));
            for (String flow : measured.contenders()) {
                assertTrue(measured.median(flow, Figures::perSecond) > 0, flow);
                assertTrue(measured.traffic(flow).calls("xack").count() > 0, flow);
            }
        } finally {
            flows.values().forEach(Contender::close);
        }
    }

    @Test
    void settle_afterPushes_leavesAnEmptyStream() throws Exception {
        try (PogoPush push = new PogoPush(server.url(), "p", PAYLOAD.text());
                Wire wire = new Wire(server.url())) {
            push.caller().call();
            assertEquals(1L, wire.call(Command.XLEN, Queues.stream("p")));
            push.settle();
            assertEquals(0L, wire.call(Command.XLEN, Queues.stream("p")));
        }
    }
}
