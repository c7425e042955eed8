package dev.pogo.benchmarks.busy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.pogo.benchmarks.contenders.BusyContender;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Figures as JMH writes them, so that they can be kept and read with those of JMH: one run for each
 * contender and round, whose metrics have a single value.
 */
final class JmhJson {
    private final ArrayNode runs = new ObjectMapper().createArrayNode();
    private final Map<String, String> params;

    /**
     * Without any run.
     *
     * @param params what all of them have in common
     */
    JmhJson(Map<String, String> params) {
        this.params = params;
    }

    void add(BusyContender contender, Cost cost) {
        ObjectNode run =
                runs.addObject()
                        .put("benchmark", Busy.NAME)
                        .put("vmName", System.getProperty("java.vm.name"))
                        .put("vmVersion", System.getProperty("java.vm.version"));
        ObjectNode all = run.putObject("params").put("contender", contender.name());
        params.forEach(all::put);
        value(run.putObject("primaryMetric"), "us/op", cost.cpuMicros());
        value(
                run.putObject("secondaryMetrics").putObject(Busy.THROUGHPUT),
                "op/s",
                cost.requestsPerSecond());
    }

    private static void value(ObjectNode metric, String unit, double value) {
        metric.put("score", value).put("scoreUnit", unit);
        metric.putArray("rawData").addArray().add(value);
    }

    void write(Path file) throws IOException {
        new ObjectMapper().writeValue(file.toFile(), runs);
    }
}
