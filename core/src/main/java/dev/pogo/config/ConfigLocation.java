package dev.pogo.config;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Finds the configuration of the process-wide runtime in the first of several locations. */
public final class ConfigLocation {
    private static final String PROPERTY = "pogo.config";
    private static final String VARIABLE = "POGO_CONFIG";
    private static final String FILE = "pogo.json";

    private ConfigLocation() {}

    /**
     * Returns the configuration from the file that the system property or the environment variable
     * names, from the working directory or from the class path, in this order; otherwise the
     * defaults.
     *
     * @throws InvalidConfigException if a named file does not exist, or a file that is found is
     *     invalid
     */
    public static PogoConfig find() {
        String property = System.getProperty(PROPERTY);
        if (property != null) {
            return named(property, "system property " + PROPERTY);
        }
        String variable = System.getenv(VARIABLE);
        if (variable != null) {
            return named(variable, "environment variable " + VARIABLE);
        }
        Path local = Path.of(FILE);
        if (Files.exists(local, LinkOption.NOFOLLOW_LINKS)) { // a dangling link is an error
            return PogoConfig.load(local);
        }
        URL resource = resource();
        return resource != null ? read(resource) : PogoConfig.defaults();
    }

    private static PogoConfig named(String file, String by) {
        try {
            Path path = Path.of(file);
            if (!file.isBlank()) {
                return ConfigReader.load(path, file + " (named by " + by + ")");
            }
        } catch (InvalidPathException e) {
            // refused below, like a blank name
        }
        throw new InvalidConfigException(by, "", '"' + file + '"', "is not a file name", null);
    }

    private static @Nullable URL resource() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        URL resource = loader == null ? null : loader.getResource(FILE);
        return resource != null ? resource : PogoConfig.class.getResource("/" + FILE);
    }

    private static PogoConfig read(URL resource) {
        try (InputStream in = resource.openStream()) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes());
            String json = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return ConfigReader.parse(resource.toString(), json);
        } catch (CharacterCodingException e) {
            throw new InvalidConfigException(resource.toString(), "", null, "is not UTF-8", e);
        } catch (IOException e) {
            throw new InvalidConfigException(
                    resource.toString(), "", null, "cannot be read: " + e, e);
        }
    }
}
