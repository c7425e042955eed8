package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PogoConfig;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The configurations that the guide shows. */
class RemoteDocsTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```json remote\n(.*?)^```$");

    @Test
    void configurations_ofTheGuide_areValid() throws IOException {
        String guide = Files.readString(Path.of("..", "..", "docs", "remote.md"));
        List<PogoConfig> configs =
                BLOCK.matcher(guide)
                        .results()
                        .map(block -> PogoConfig.parse(block.group(1)))
                        .toList();
        assertEquals(2, configs.size());
        assertEquals(
                RemoteWorkers.redis("redis://10.0.0.5:6379", "render"),
                configs.getFirst().pools().get(1).worker());
        assertEquals(
                HostConfig.redis("redis://10.0.0.5:6379"),
                configs.get(1).section("host", HostConfig.class).orElseThrow());
    }
}
