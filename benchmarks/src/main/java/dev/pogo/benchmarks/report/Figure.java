package dev.pogo.benchmarks.report;

import java.util.Map;
import java.util.TreeMap;

/**
 * What was measured: by which benchmark (class and method), under which parameters, and which of
 * its figures.
 */
record Figure(String benchmark, Map<String, String> params, String metric) {
    /** What JMH itself measures, mostly a time. */
    static final String TIME = "";

    /** Allocated bytes per operation. */
    static final String BYTES = "gc.alloc.rate.norm";

    /** With names and values of the parameters in turn. */
    static Figure of(String benchmark, String metric, String... params) {
        Map<String, String> named = new TreeMap<>();
        for (int i = 0; i < params.length; i += 2) {
            named.put(params[i], params[i + 1]);
        }
        return new Figure(benchmark, named, metric);
    }
}
