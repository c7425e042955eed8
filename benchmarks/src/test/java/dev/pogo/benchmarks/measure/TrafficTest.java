package dev.pogo.benchmarks.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final Traffic BEFORE = Traffic.of(info("set:calls=10,usec=20", 100, 50));

    private static String info(String command, int in, int out) {
        return """
        # Stats\r
        total_net_input_bytes:%d\r
        total_net_output_bytes:%d\r
        # Commandstats\r
        cmdstat_%s,usec_per_call=1.00,rejected_calls=0,failed_calls=0\r
        cmdstat_config|get:calls=5,usec=15,usec_per_call=3.00,rejected_calls=0,failed_calls=0\r
        """
                .formatted(in, out, command);
    }

    @Test
    void since_sameCommand_isWhatEachOperationTook() {
        Traffic each = Traffic.of(info("set:calls=30,usec=60", 500, 90)).since(BEFORE, 10);
        assertEquals(new Traffic.Calls(2, 4), each.calls("set"));
        assertEquals(2, each.calls());
        assertEquals(40, each.bytesIn());
        assertEquals(4, each.bytesOut());
    }

    @Test
    void since_commandThatWasNotThereBefore_isCounted() {
        Traffic each = Traffic.of(info("evalsha:calls=5,usec=50", 100, 50)).since(BEFORE, 10);
        assertEquals(new Traffic.Calls(0.5, 5), each.calls("evalsha"));
        assertEquals(new Traffic.Calls(0, 0), each.calls("blmove"));
    }
}
