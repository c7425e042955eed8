package dev.pogo.config;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;

import org.jspecify.annotations.Nullable;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Finds a configuration in the first of several locations, see {@link PogoConfig#find}. */
public final class ConfigLocation {
    private static final String PROPERTY = "pogo.config";
    private static final String VARIABLE = "POGO_CONFIG";
    private static final String FILE = "pogo.json";

    /**
     * Begins the name of a resource; a file whose name begins so is named as {@code ./classpath:}.
     */
    private static final String CLASS_PATH = "classpath:";

    private ConfigLocation() {}

    /**
     * Returns the configuration that is found.
     *
     * @throws InvalidConfigException if what is named does not exist, or what is found is invalid
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
            return ConfigReader.load(local, "./" + FILE);
        }
        URL resource = resource(FILE);
        return resource != null ? ConfigReader.load(resource) : PogoConfig.defaults();
    }

    private static PogoConfig named(String name, String by) {
        String suffix = ", named by " + by;
        if (name.startsWith(CLASS_PATH)) {
            URL resource = resource(name.substring(CLASS_PATH.length()).replaceFirst("^/", ""));
            if (resource == null) {
                throw new InvalidConfigException(
                        name + suffix,
                        "",
                        null,
                        "there is no such resource on the class path",
                        null);
            }
            return ConfigReader.load(resource, resource + suffix);
        }
        try {
            Path path = Path.of(name);
            if (!name.isBlank()) {
                return ConfigReader.load(path, name + suffix);
            }
        } catch (InvalidPathException e) {
            // refused below, like a blank name
        }
        throw new InvalidConfigException(by, "", '"' + name + '"', "is not a file name", null);
    }

    private static @Nullable URL resource(String name) {
        if (name.isBlank()) {
            return null; // which would be the root of the class path
        }
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        URL resource = loader == null ? null : loader.getResource(name);
        return resource != null ? resource : PogoConfig.class.getResource("/" + name);
    }
}
