package dev.pogo.benchmarks.measure;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Redis server has done, as it counts it itself.
 *
 * @param commands by their names, those of scripts too
 * @param bytesIn received
 * @param bytesOut sent
 */
public record Traffic(Map<String, Calls> commands, double bytesIn, double bytesOut) {
    private static final Pattern COMMAND =
            Pattern.compile("cmdstat_([^:]+):calls=(\\d+),usec=(\\d+),.*");
    private static final Calls NONE = new Calls(0, 0);

    /**
     * Calls of one command.
     *
     * @param count how many
     * @param micros what they took
     */
    public record Calls(double count, double micros) {}

    /**
     * Reads the reply to {@code INFO all}.
     *
     * @param info the reply
     * @return what it tells
     */
    public static Traffic of(String info) {
        Map<String, Calls> commands = new TreeMap<>();
        info.lines()
                .map(COMMAND::matcher)
                .filter(Matcher::matches)
                .forEach(line ->
                        commands.put(
                                line.group(1),
                                new Calls(
                                        Double.parseDouble(line.group(2)),
                                        Double.parseDouble(line.group(3)))));
        return new Traffic(
                commands,
                number(info, "total_net_input_bytes:"),
                number(info, "total_net_output_bytes:"));
    }

    static long number(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Returns what was done for each of some operations.
     *
     * @param before what had been done before them
     * @param operations how many there were
     * @return what one of them did
     */
    public Traffic since(Traffic before, double operations) {
        Map<String, Calls> each = new TreeMap<>();
        commands.forEach((name, calls) -> {
            Calls earlier = before.commands.getOrDefault(name, NONE);
            each.put(
                    name,
                    new Calls(
                            (calls.count - earlier.count) / operations,
                            (calls.micros - earlier.micros) / operations));
        });
        return new Traffic(
                each,
                (bytesIn - before.bytesIn) / operations,
                (bytesOut - before.bytesOut) / operations);
    }

    /**
     * Returns the calls of one command.
     *
     * @param command its name
     * @return its calls, none if there was none
     */
    public Calls calls(String command) {
        return commands.getOrDefault(command, NONE);
    }

    /**
     * Returns how many commands there were, those of scripts too.
     *
     * @return their number
     */
    public double calls() {
        return commands.values().stream().mapToDouble(Calls::count).sum();
    }
}
