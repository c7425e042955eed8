package dev.pogo.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.pogo.InvalidConfigException;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.ThreadKind;
import dev.pogo.Worker;
import dev.pogo.json.JsonPath;
import dev.pogo.spi.PoolDirectiveReader;
import dev.pogo.spi.SectionReader;
import dev.pogo.util.ClassPatterns;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the JSON form of a {@link PogoConfig}, and refuses whatever it does not fully understand.
 */
public final class ConfigReader {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final Set<String> POOL_DIRECTIVES =
            Set.of("max_wait", "num_threads", "shed_doomed", "threads", "worker");
    private static final String POOLS = "pools";
    private static final String JOBS = "jobs";
    private static final String CLOSE_GRACE = "close_grace";
    private static final String AWAIT_TIMEOUT = "await_timeout";
    private static final String LEAK_DETECTION = "leak_detection";
    private static final Set<String> TOP_DIRECTIVES =
            Set.of(POOLS, JOBS, CLOSE_GRACE, AWAIT_TIMEOUT, LEAK_DETECTION);
    private static final String WORKER = "worker";

    /** Origin of the text, for messages. */
    private final String source;

    /** Readers of the directives that other modules add to pools, by their names. */
    private final Map<String, PoolDirectiveReader> poolReaders;

    /** All directives that a pool may have. */
    private final Set<String> poolDirectives;

    private ConfigReader(String source) {
        this.source = source;
        poolDirectives = new TreeSet<>(POOL_DIRECTIVES);
        poolReaders = Readers.poolDirectives(directivesOfPogo());
        poolDirectives.addAll(poolReaders.keySet());
    }

    private static Set<String> directivesOfPogo() {
        Set<String> all = new TreeSet<>(POOL_DIRECTIVES);
        all.addAll(TOP_DIRECTIVES);
        return all;
    }

    public static PogoConfig load(Path file) {
        return load(file, file.toString());
    }

    /** Reads a file that messages name by {@code source} instead of its path. */
    static PogoConfig load(Path file, String source) {
        String json;
        try {
            json = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new InvalidConfigException(source, "", null, "there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new InvalidConfigException(source, "", null, "is not UTF-8", e);
        } catch (IOException e) {
            throw new InvalidConfigException(source, "", null, "cannot be read: " + e, e);
        }
        return parse(source, json);
    }

    public static PogoConfig load(URL resource) {
        return load(resource, resource.toString());
    }

    /** Reads a resource that messages name by {@code source} instead of its URL. */
    static PogoConfig load(URL resource, String source) {
        try {
            URLConnection connection = resource.openConnection();
            connection.setUseCaches(false); // a cached jar would stay open
            try (InputStream in = connection.getInputStream()) {
                ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes());
                return parse(source, StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
            }
        } catch (CharacterCodingException e) {
            throw new InvalidConfigException(source, "", null, "is not UTF-8", e);
        } catch (IOException e) {
            throw new InvalidConfigException(source, "", null, "cannot be read: " + e, e);
        }
    }

    public static PogoConfig parse(String source, String json) {
        return new ConfigReader(source).read(json);
    }

    private PogoConfig read(String json) {
        JsonNode root = tree(json);
        if (!root.isObject()) {
            throw refuse("", null, "is not a JSON object");
        }
        Set<String> known = new TreeSet<>(poolDirectives);
        known.addAll(TOP_DIRECTIVES);
        Map<String, SectionReader> owners = Readers.sections(known);
        known.addAll(owners.keySet());
        JsonDirectives top = new JsonDirectives(source, "", root);
        top.ensureKnown(known);

        JsonNode named = root.path(POOLS);
        if (!named.isMissingNode() && !named.isObject()) {
            throw refuse(POOLS, named, "is not an object of pools by name");
        }
        boolean describedAtTop = poolDirectives.stream().anyMatch(root::has);
        List<PoolConfig> pools = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : named.properties()) {
            pools.add(namedPool(entry.getKey(), entry.getValue()));
        }
        if (named.has(PogoConfig.DEFAULT_POOL)) {
            if (describedAtTop) {
                throw refuse(
                        JsonPath.member(POOLS, PogoConfig.DEFAULT_POOL),
                        null,
                        "the pool \"default\" is described both here and at the top of the"
                                + " file");
            }
        } else if (describedAtTop || pools.isEmpty()) {
            pools.add(pool(PogoConfig.DEFAULT_POOL, top));
        } else {
            throw refuse(
                    POOLS,
                    null,
                    "has no pool \"default\"; add one, or its num_threads, max_wait, threads,"
                            + " shed_doomed or worker at the top of the file");
        }
        Map<String, Object> sections = new LinkedHashMap<>();
        owners.forEach((name, reader) -> {
            if (root.has(name)) {
                sections.put(name, Readers.section(reader, top, root.get(name)));
            }
        });
        Duration awaitTimeout = top.duration(AWAIT_TIMEOUT);
        return new PogoConfig(
                pools,
                null,
                jobs(root.path(JOBS)),
                top.duration(CLOSE_GRACE),
                awaitTimeout == null ? PogoConfig.defaults().awaitTimeout() : awaitTimeout,
                top.flag(LEAK_DETECTION),
                sections,
                source);
    }

    private JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : atLine(e);
            throw new InvalidConfigException(
                    source, pathIn(e), null, e.getOriginalMessage() + where, e);
        }
    }

    private static String atLine(JsonProcessingException e) {
        return " (line %d, column %d)"
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    }

    /** Returns the position that the parser had reached, in the notation of {@link JsonPath}. */
    private static String pathIn(JsonProcessingException e) {
        if (!(e.getProcessor() instanceof JsonParser parser)) {
            return "";
        }
        String path = "";
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        for (String name : pointer.split("/", -1)) {
            if (!name.isEmpty()) {
                path = JsonPath.member(path, name.replace("~1", "/").replace("~0", "~"));
            }
        }
        return path;
    }

    private List<String> jobs(JsonNode jobs) {
        if (!jobs.isMissingNode() && !jobs.isArray()) {
            throw refuse(JOBS, jobs, "is not a list of job classes");
        }
        List<String> patterns = new ArrayList<>();
        for (JsonNode job : jobs) {
            if (!job.isTextual() || !ClassPatterns.isPattern(job.textValue())) {
                throw refuse(
                        JsonPath.element(JOBS, patterns.size()), job, ClassPatterns.NO_PATTERN);
            }
            patterns.add(job.textValue());
        }
        return patterns;
    }

    private PoolConfig namedPool(String name, JsonNode pool) {
        String path = JsonPath.member(POOLS, name);
        if (name.isBlank()) {
            throw refuse(POOLS, null, "has a pool with the name \"" + name + "\"; give it a name");
        }
        if (!pool.isObject()) {
            throw refuse(path, pool, "is not an object that describes a pool");
        }
        JsonDirectives directives = new JsonDirectives(source, path, pool);
        directives.ensureKnown(poolDirectives);
        return pool(name, directives);
    }

    private PoolConfig pool(String name, JsonDirectives directives) {
        PoolConfig config = PoolConfig.named(name);
        config = config.withNumThreads(directives.number("num_threads", 1, config.numThreads()));
        Duration maxWait = directives.duration("max_wait");
        if (maxWait != null) {
            config = config.withMaxWait(maxWait);
        }
        JsonNode threads = directives.get("threads");
        if (threads != null) {
            config = config.withThreads(threadKind(threads, directives));
        }
        config = config.withShedDoomed(directives.flag("shed_doomed"));
        JsonNode worker = directives.get(WORKER);
        if (worker != null) {
            config = config.withWorker(worker(worker, directives, config));
        }
        for (PoolDirectiveReader reader : poolReaders.values()) {
            if (directives.has(reader.name())) {
                config =
                        config.withDirective(
                                reader.name(), Readers.poolDirective(reader, directives));
            }
        }
        return config;
    }

    private static ThreadKind threadKind(JsonNode value, JsonDirectives pool) {
        return switch (value.isTextual() ? value.textValue() : "") {
            case "virtual" -> ThreadKind.VIRTUAL;
            case "platform" -> ThreadKind.PLATFORM;
            default ->
                    throw pool.refuse("threads", value, "is neither \"virtual\" nor \"platform\"");
        };
    }

    /**
     * Creates the worker. The file is trusted, unlike a job's name: anyone who can write it chooses
     * what runs.
     */
    private static Worker worker(JsonNode value, JsonDirectives pool, PoolConfig config) {
        if (value.isObject()) {
            return Readers.worker(pool.object(WORKER, value), config);
        }
        if (!value.isTextual()) {
            throw pool.refuse(
                    WORKER,
                    value,
                    "is neither the name of a class in quotes nor an object that describes a"
                            + " worker");
        }
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try {
            return Class.forName(value.textValue(), true, loader)
                    .asSubclass(Worker.class)
                    .getConstructor()
                    .newInstance();
        } catch (ClassCastException e) {
            throw pool.refuse(WORKER, value, "does not implement dev.pogo.Worker", e);
        } catch (NoSuchMethodException e) {
            throw pool.refuse(WORKER, value, "has no public constructor without parameters", e);
        } catch (InvocationTargetException e) {
            throw pool.refuse(
                    WORKER, value, "cannot be made: its constructor threw " + e.getCause(), e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw pool.refuse(WORKER, value, "cannot be made: " + e, e);
        }
    }

    private InvalidConfigException refuse(String path, @Nullable JsonNode value, String problem) {
        return new InvalidConfigException(
                source, path, value == null ? null : value.toString(), problem, null);
    }
}
