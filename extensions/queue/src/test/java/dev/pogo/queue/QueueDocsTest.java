package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PogoConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The configuration and the code that the guide shows. */
class QueueDocsTest {
    /** What the guide takes for granted. */
    private static final String GIVEN =
            """
            import dev.pogo.*;
            import dev.pogo.queue.*;
            import java.io.IOException;
            import java.math.BigDecimal;
            import java.sql.*;
            import java.time.Duration;
            import javax.sql.DataSource;
            import org.slf4j.Logger;

            interface Smtp {
                void send(String to, String text) throws IOException;
            }

            interface Order {
                String id();
            }

            class Guide {
                static Smtp smtp;
                static DataSource database;
                static Logger log;
                static PogoQueue queue;
                static Object payment;
                static Order order;
            """;

    private static List<String> blocks(String kind) throws IOException {
        String guide = Files.readString(Path.of("..", "..", "docs", "queue.md"));
        return Pattern.compile("(?ms)^```" + kind + " queue\n(.*?)^```$")
                .matcher(guide)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    @Test
    void configuration_ofTheGuide_isValid() throws IOException {
        List<String> blocks = blocks("json");
        assertEquals(1, blocks.size());
        PogoConfig config = PogoConfig.parse(blocks.getFirst());
        QueueConfig queue = config.section("queue", QueueConfig.class).orElseThrow();
        assertEquals(List.of("mail"), queue.queues());
        assertEquals(RedisBackend.at("redis://10.0.0.5:6379"), queue.backend());
    }

    @Test
    void code_ofTheGuide_compiles(@TempDir Path folder) throws IOException {
        StringBuilder source = new StringBuilder(GIVEN);
        List<String> blocks = blocks("java");
        assertEquals(4, blocks.size());
        for (int i = 0; i < blocks.size(); i++) {
            String block = blocks.get(i);
            if (block.contains("class ")) {
                source.append(
                        block.replace("public record", "record")
                                .replace("public class", "static class"));
            } else {
                source.append("void block%d() throws Exception {%n%s}%n".formatted(i, block));
            }
        }
        source.append("}\n");
        assertEquals("", problems(source.toString(), folder));
    }

    private static String problems(String source, Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///Guide.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        boolean compiled =
                compiler.getTask(
                                problems,
                                null,
                                null,
                                List.of("-proc:none", "-d", folder.toString()),
                                null,
                                List.of(file))
                        .call();
        return compiled ? "" : problems.toString();
    }
}
