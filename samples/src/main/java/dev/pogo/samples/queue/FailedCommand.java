package dev.pogo.samples.queue;

import com.fasterxml.jackson.core.JsonProcessingException;

import dev.pogo.queue.DeadLetter;
import dev.pogo.queue.PogoQueue;
import dev.pogo.queue.QueueConfig;
import dev.pogo.queue.QueueCounts;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** The dead letters of a queue. */
@Command(
        name = "failed",
        description = "Lists messages that have failed too often, the oldest failures first.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class FailedCommand implements Callable<Integer> {
    private static final int MOST = 1_000;

    /** Where the variable COLUMNS does not tell the width of the terminal. */
    private static final int DEFAULT_WIDTH = 120;

    /** The width of all columns but the last two, if ids are as long as usual. */
    private static final int FIRST_COLUMNS = 15 + 8 + 2 * 19 + 5 * 2;

    private static final int LEAST_COLUMN = 20;

    /** Of an exception that is the reason. */
    private static final Pattern PACKAGE =
            Pattern.compile("^(?:[a-z_0-9]+\\.)+(?=[A-Z]\\w*(?:Exception|Error)\\b)");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    @Mixin private QueueOptions options = new QueueOptions();

    @Option(names = "--limit", paramLabel = "N", description = "How many to list at most.")
    private int limit = 20;

    @Option(names = "--json", description = "Print them as JSON, in full.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (limit < 1 || limit > MOST) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--limit must be from 1 to %d, but is %d".formatted(MOST, limit));
        }
        return options.use(this::list);
    }

    private int list(PogoQueue queues, QueueConfig config) throws InterruptedException {
        String queue = options.existing(config);
        List<DeadLetter> letters = queues.failed(queue, limit);
        if (json) {
            out().println(Json.line(letters.stream().map(FailedCommand::asJson).toList()));
            return 0;
        }
        if (letters.isEmpty()) {
            out().printf("queue %s has no failed messages%n", Printable.escape(queue));
            return 0;
        }
        print(letters);
        QueueCounts counts = queues.status(queue).queues().get(queue);
        if (counts != null && counts.failed() > letters.size()) {
            out().printf("%d of %d%n", letters.size(), counts.failed());
        }
        return 0;
    }

    private void print(List<DeadLetter> letters) {
        int room = Math.max(2 * LEAST_COLUMN, width() - FIRST_COLUMNS);
        int forReason = room * 3 / 5;
        Table table =
                new Table("id", "attempts", "first failure", "last failure", "reason", "payload");
        for (DeadLetter letter : letters) {
            table.add(
                    Printable.escape(letter.id()),
                    letter.attempts(),
                    time(letter.firstFailedAt()),
                    time(letter.lastFailedAt()),
                    Printable.shorten(PACKAGE.matcher(letter.reason()).replaceFirst(""), forReason),
                    Printable.shorten(letter.payload(), room - forReason));
        }
        table.print(out());
    }

    private static int width() {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("\\d{1,4}")
                ? Integer.parseInt(columns)
                : DEFAULT_WIDTH;
    }

    /** Returns a local time. */
    private static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
    }

    /** Returns the members of the letter's own JSON, whose payload may have line breaks. */
    private static Map<String, @Nullable Object> asJson(DeadLetter letter) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", letter.id());
        members.put("payload", payload(letter.payload()));
        members.put("reason", letter.reason());
        members.put("attempts", letter.attempts());
        members.put("pushed_at", letter.pushedAt());
        members.put("first_failed_at", letter.firstFailedAt());
        members.put("last_failed_at", letter.lastFailedAt());
        return members;
    }

    private static Object payload(String text) {
        try {
            return Json.read(text);
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
