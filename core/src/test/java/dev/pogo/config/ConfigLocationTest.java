package dev.pogo.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Resources that are found where only their loader knows how to open them, as in a jar inside a
 * jar. The order of the places is tested by {@link dev.pogo.ProcessWideTest}.
 */
class ConfigLocationTest {
    private static final String BASE = "jar:nested:/app.jar/!BOOT-INF/classes/!/";

    private final Thread thread = Thread.currentThread();
    private final ClassLoader before = thread.getContextClassLoader();

    @AfterEach
    void restore() {
        System.clearProperty("pogo.config");
        thread.setContextClassLoader(before);
    }

    /** The loader of a program that is packed with its libraries into one jar. */
    private static final class PackedLoader extends ClassLoader {
        private final Map<String, byte[]> resources;

        private final URLStreamHandler handler =
                new URLStreamHandler() {
                    @Override
                    protected URLConnection openConnection(URL url) {
                        return new URLConnection(url) {
                            @Override
                            public void connect() {
                                // Nothing is far away.
                            }

                            @Override
                            public InputStream getInputStream() throws IOException {
                                byte[] bytes = resources.get(url.toString().replace(BASE, ""));
                                if (bytes == null) {
                                    throw new FileNotFoundException("no entry");
                                }
                                return new ByteArrayInputStream(bytes);
                            }
                        };
                    }
                };

        PackedLoader(ClassLoader parent, Map<String, byte[]> resources) {
            super(parent);
            this.resources = resources;
        }

        @Override
        protected @Nullable URL findResource(String name) {
            try {
                return resources.containsKey(name) || name.startsWith("lost")
                        ? URL.of(URI.create(BASE + name), handler)
                        : null;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void pack(String name, String json) {
        pack(name, json.getBytes(StandardCharsets.UTF_8));
    }

    private void pack(String name, byte[] json) {
        thread.setContextClassLoader(new PackedLoader(before, Map.of(name, json)));
    }

    @Test
    void find_resourceOfThePackedProgram_isRead() {
        pack("pogo.json", "{\"num_threads\": 3}");
        PogoConfig config = PogoConfig.find();
        assertEquals(3, config.pools().getFirst().numThreads());
        assertEquals(BASE + "pogo.json", config.source());
    }

    @ParameterizedTest
    @ValueSource(strings = {"classpath:conf/a.json", "classpath:/conf/a.json"})
    void find_namedResourceOfThePackedProgram_isRead(String name) {
        pack("conf/a.json", "{\"num_threads\": 3}");
        System.setProperty("pogo.config", name);
        PogoConfig config = PogoConfig.find();
        assertEquals(3, config.pools().getFirst().numThreads());
        assertEquals(BASE + "conf/a.json, named by system property pogo.config", config.source());
    }

    @Test
    void find_namedResourceBesidePogo_isReadWithoutAContextClassLoader() {
        thread.setContextClassLoader(null);
        System.setProperty("pogo.config", "classpath:dev/pogo/json/none.json");
        assertRefused(
                "classpath:dev/pogo/json/none.json, named by system property pogo.config: there is"
                        + " no such resource on the class path");
        System.setProperty("pogo.config", "classpath:dev/pogo/version.properties");
        assertEquals(
                PogoConfig.class.getResource("version.properties")
                        + ", named by system property pogo.config",
                assertThrows(InvalidConfigException.class, PogoConfig::find).source());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    classpath:none.json | classpath:none.json, named by system property pogo.config: there is no such resource on the class path
                    classpath:          | classpath:, named by system property pogo.config: there is no such resource on the class path
                    classpath:/         | classpath:/, named by system property pogo.config: there is no such resource on the class path
                    classpath:lost.json | jar:nested:/app.jar/!BOOT-INF/classes/!/lost.json, named by system property pogo.config: cannot be read: java.io.FileNotFoundException: no entry
                    """)
    void find_namedResourceMissing_isRefusedWithWhatNamedIt(String name, String message) {
        pack("pogo.json", "{}");
        System.setProperty("pogo.config", name);
        assertRefused(message);
    }

    @Test
    void find_resourceThatIsWrong_isRefusedWithItsUrl() {
        pack("pogo.json", new byte[] {'{', '"', (byte) 0xE9, '"', '}'});
        assertRefused(BASE + "pogo.json: is not UTF-8");
        pack("pogo.json", "{\"num_threads\": 0}");
        assertRefused(
                BASE + "pogo.json: num_threads: 0 is not a whole number from 1 to 2147483647");
    }

    private static void assertRefused(String message) {
        assertEquals(
                message, assertThrows(InvalidConfigException.class, PogoConfig::find).getMessage());
    }
}
