package dev.pogo.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;

import dev.pogo.benchmarks.Medians;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * What JMH has written: for each figure one value for each round, in the order of the rounds. The
 * value of a round is the median of its iterations.
 */
final class Results {
    private final Map<Figure, List<Double>> rounds = new HashMap<>();
    private final String jvm;

    private Results(JsonNode json) {
        for (JsonNode run : json) {
            String name = run.get("benchmark").asText();
            String benchmark = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
            Map<String, String> params = new TreeMap<>();
            run.path("params")
                    .properties()
                    .forEach(e -> params.put(e.getKey(), e.getValue().asText()));
            add(new Figure(benchmark, params, Figure.TIME), run.get("primaryMetric"));
            run.path("secondaryMetrics")
                    .properties()
                    .forEach(e -> add(new Figure(benchmark, params, e.getKey()), e.getValue()));
        }
        JsonNode first = json.path(0);
        this.jvm = first.path("vmName").asText() + " " + first.path("vmVersion").asText();
    }

    /** Of JMH's JSON. */
    static Results read(Path file) throws IOException {
        return new Results(new ObjectMapper().readTree(file.toFile()));
    }

    /**
     * Puts JMH's JSON into a file, in place of what that has of the same benchmarks.
     *
     * @param file kept as it is apart from that; need not exist
     */
    static void write(String measured, Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode runs = mapper.readTree(measured);
        Set<String> names = new HashSet<>(runs.findValuesAsText("benchmark"));
        ArrayNode all = mapper.createArrayNode();
        if (Files.exists(file)) {
            for (JsonNode run : mapper.readTree(file.toFile())) {
                if (!names.contains(run.get("benchmark").asText())) {
                    all.add(run);
                }
            }
        }
        runs.forEach(all::add);
        Files.createDirectories(file.toAbsolutePath().getParent());
        mapper.writeValue(file.toFile(), all);
    }

    private void add(Figure figure, JsonNode metric) {
        double[] iterations =
                StreamSupport.stream(metric.path("rawData").spliterator(), false)
                        .flatMap(fork -> StreamSupport.stream(fork.spliterator(), false))
                        .mapToDouble(JsonNode::asDouble)
                        .toArray();
        if (iterations.length > 0) {
            rounds.computeIfAbsent(figure, k -> new ArrayList<>()).add(Medians.median(iterations));
        }
    }

    /** The Java that ran it. */
    String jvm() {
        return jvm;
    }

    boolean has(Figure figure) {
        return rounds.containsKey(figure);
    }

    /** The median of the rounds; NaN if it was not measured. */
    double median(Figure figure) {
        return Medians.median(of(figure));
    }

    /** The rounds' values; empty if it was not measured. */
    double[] of(Figure figure) {
        return rounds.getOrDefault(figure, List.of()).stream()
                .mapToDouble(value -> value)
                .toArray();
    }

    /** The median of what the quotient was in each round; NaN if one was not measured. */
    double ratio(Figure dividend, Figure divisor) {
        return Medians.ofQuotients(of(dividend), of(divisor));
    }

    /** Likewise, against the cheapest of several. */
    double ratioToCheapest(Figure dividend, List<Figure> others) {
        List<double[]> values = others.stream().map(this::of).toList();
        int measured = values.stream().mapToInt(one -> one.length).min().orElse(0);
        return Medians.ofQuotients(
                of(dividend),
                IntStream.range(0, measured)
                        .mapToDouble(
                                i -> values.stream().mapToDouble(one -> one[i]).min().orElse(0))
                        .toArray());
    }
}
