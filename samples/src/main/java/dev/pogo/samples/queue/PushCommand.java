package dev.pogo.samples.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import dev.pogo.queue.PogoQueue;
import dev.pogo.queue.PushOptions;
import dev.pogo.queue.PushResult;
import dev.pogo.queue.QueueConfig;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Adds messages to a queue. */
@Command(
        name = "push",
        description = "Pushes a message to a queue.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class PushCommand implements Callable<Integer> {
    /** A longer payload is not repeated in a message. */
    private static final int SHORT = 40;

    @Mixin private QueueOptions options = new QueueOptions();

    @Parameters(paramLabel = "PAYLOAD", description = "The payload, as JSON.")
    private String payload = "";

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "The time that must pass before the message is delivered.")
    private Duration delay = Duration.ZERO;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The de-duplication key: a second message with it is not added.")
    private @Nullable String key;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "How long the key is remembered; by default 1h.")
    private @Nullable Duration window;

    @Option(names = "--count", paramLabel = "N", description = "How many messages to push.")
    private int count = 1;

    @Option(names = "--json", description = "Print the result as JSON, one line for each message.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (count < 1) {
            throw wrong("--count must be at least 1, but is " + count);
        }
        JsonNode value = value();
        PushOptions how = how();
        return options.use((queues, config) -> push(queues, config, value, how));
    }

    private int push(PogoQueue queues, QueueConfig config, JsonNode value, PushOptions how)
            throws InterruptedException {
        String name = options.name(config);
        for (int i = 0; i < count; i++) {
            PushResult result = queues.push(name, value, how);
            if (json) {
                spec.commandLine().getOut().println(Json.line(result));
            } else if (result.ok()) {
                spec.commandLine()
                        .getOut()
                        .printf(
                                "%s  code %d  %s%n",
                                result.id(), result.code().number(), result.message());
            }
            if (!result.ok()) {
                return json
                        ? 1
                        : options.failed(
                                "code %d: %s".formatted(result.code().number(), result.message()));
            }
        }
        return 0;
    }

    private JsonNode value() {
        try {
            JsonNode value = Json.read(payload);
            if (!value.isMissingNode()) {
                return value;
            }
            throw wrong("the payload is empty; as JSON, an empty string is '\"\"'");
        } catch (JsonProcessingException e) {
            String example = payload.length() <= SHORT ? payload : "some text";
            throw wrong(
                    Printable.escape(
                            "the payload is not JSON; a string has double quotes inside those of"
                                    + " the shell, like "
                                    + inShell(Json.line(example))
                                    + ": "
                                    + e.getOriginalMessage().lines().findFirst().orElse("")));
        }
    }

    private static String inShell(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private PushOptions how() {
        try {
            PushOptions how = PushOptions.none().withDelay(delay);
            if (key != null) {
                return how.withKey(key, window == null ? Duration.ofHours(1) : window);
            }
            if (window != null) {
                throw wrong("--window is for a --key");
            }
            return how;
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
