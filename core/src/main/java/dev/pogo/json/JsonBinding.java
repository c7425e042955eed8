package dev.pogo.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.type.TypeFactory;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.lang.ref.WeakReference;
import java.lang.reflect.Type;

/**
 * Takes snapshots of values, and creates values from snapshots.
 *
 * <p>An instance caches what it learns about the classes that it meets, and so keeps their loaders
 * reachable. Therefore each job class has its own instance, held by the class itself, rather than
 * one for all. May be used by any thread.
 */
public final class JsonBinding {
    /** Maximum nesting depth of objects and arrays. */
    public static final int MAX_DEPTH = 200;

    /**
     * Binding for values without a job class. Weak, because it retains classes that nothing else
     * ties it to; a race to replace it costs a second binding.
     */
    private static volatile WeakReference<@Nullable JsonBinding> shared = new WeakReference<>(null);

    private static final int MAX_PATH = 200;

    private static final JsonMapper PROTOTYPE =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .addModule(new JsonTypes())
                    .annotationIntrospector(new WithoutPolymorphism())
                    // Values that do not fit are refused rather than coerced.
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .withCoercionConfigDefaults(coercions ->
                            coercions.setCoercion(
                                    CoercionInputShape.EmptyString, CoercionAction.Fail))
                    .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                    .build();

    /** Ignores type names in JSON, which would let the data choose the class to instantiate. */
    private static final class WithoutPolymorphism extends JacksonAnnotationIntrospector {
        @Serial private static final long serialVersionUID = 1;

        @Override
        public @Nullable TypeResolverBuilder<?> findTypeResolver(
                MapperConfig<?> config, AnnotatedClass type, JavaType base) {
            return null;
        }

        @Override
        public @Nullable TypeResolverBuilder<?> findPropertyTypeResolver(
                MapperConfig<?> config, AnnotatedMember member, JavaType base) {
            return null;
        }

        @Override
        public @Nullable TypeResolverBuilder<?> findPropertyContentTypeResolver(
                MapperConfig<?> config, AnnotatedMember member, JavaType container) {
            return null;
        }
    }

    private final ObjectMapper mapper;
    private final ObjectWriter writer;
    private final Target plain;
    private final ObjectReader textReader;

    /** Creates a binding that has met no class yet. */
    public JsonBinding() {
        // The type factory that mappers share also caches classes.
        mapper = PROTOTYPE.copy().setTypeFactory(TypeFactory.createDefaultInstance());
        writer = mapper.writer();
        ObjectReader plainReader = mapper.readerFor(Object.class);
        plain = new Target(plainReader);
        textReader =
                plainReader.with(
                        DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /**
     * Returns the binding for values that belong to no job class.
     *
     * @return a binding that others use as well
     */
    public static JsonBinding shared() {
        JsonBinding known = shared.get();
        if (known == null) {
            known = new JsonBinding();
            shared = new WeakReference<>(known);
        }
        return known;
    }

    /** A type to which snapshots can be converted. */
    public static final class Target {
        private final ObjectReader reader;

        private Target(ObjectReader reader) {
            this.reader = reader;
        }

        /**
         * Creates a new value of the type.
         *
         * @param snapshot the content of the value
         * @return the value, null for JSON's null
         * @throws NotJsonException if the type cannot hold the content
         */
        public @Nullable Object read(Snapshot snapshot) throws NotJsonException {
            try (JsonParser in = snapshot.read()) {
                return reader.readValue(in);
            } catch (IOException e) {
                throw notRead(e);
            } catch (StackOverflowError | RuntimeException e) {
                throw new NotJsonException(JsonPath.ROOT, "cannot be read: " + e, e);
            }
        }
    }

    /**
     * Returns the type of maps, lists, strings, numbers, booleans and null.
     *
     * @return the type
     */
    public Target plain() {
        return plain;
    }

    /**
     * Returns a type as a target, with its type arguments if it has any.
     *
     * @param type the type
     * @return the target
     */
    public Target target(Type type) {
        return new Target(mapper.readerFor(mapper.constructType(type)));
    }

    /**
     * Returns the argument that a class supplies for a type parameter of a generic type.
     *
     * @param type the class, which extends or implements the generic type
     * @param generic the generic type
     * @param index the index of the type parameter, from 0
     * @return the type argument, or {@link #plain()} if the class leaves it open
     */
    public Target parameter(Class<?> type, Class<?> generic, int index) {
        JavaType[] parameters =
                mapper.getTypeFactory().findTypeParameters(mapper.constructType(type), generic);
        return index < parameters.length ? new Target(mapper.readerFor(parameters[index])) : plain;
    }

    /**
     * Takes a snapshot of a value.
     *
     * @param value the value
     * @return the snapshot
     * @throws NotJsonException if the value, or something in it, is not JSON-compatible
     */
    public Snapshot snapshot(@Nullable Object value) throws NotJsonException {
        SnapshotBuffer tokens = new SnapshotBuffer(mapper);
        try {
            writer.writeValue(tokens, value);
        } catch (IOException e) {
            throw notWritten(e, tokens.refusedPath());
        } catch (StackOverflowError | RuntimeException e) {
            throw new NotJsonException(JsonPath.ROOT, "cannot be written: " + e, e);
        }
        return new Snapshot(tokens);
    }

    /**
     * Parses JSON text.
     *
     * @param json one JSON value, as UTF-8, UTF-16 or UTF-32
     * @return maps, lists, strings, booleans, null, and numbers without loss of digits
     * @throws NotJsonException if the text is not JSON, repeats a member name or is nested too
     *     deeply
     */
    public @Nullable Object parse(byte[] json) throws NotJsonException {
        try {
            return textReader.readValue(json);
        } catch (IOException e) {
            throw notRead(e);
        } catch (RuntimeException e) {
            // The parser accepts some numbers that are not valid.
            throw new NotJsonException(JsonPath.ROOT, "cannot be read: " + e, e);
        }
    }

    /**
     * Returns a value as JSON text.
     *
     * @param value the value
     * @return the text, in UTF-8
     * @throws NotJsonException if the value, or something in it, is not JSON-compatible
     */
    public byte[] text(@Nullable Object value) throws NotJsonException {
        Snapshot snapshot = snapshot(value);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = mapper.createGenerator(out)) {
            snapshot.tokens().serialize(generator);
        } catch (IOException e) {
            throw new AssertionError("memory cannot be written to", e);
        }
        return out.toByteArray();
    }

    private static NotJsonException notWritten(IOException e, @Nullable String refusedPath) {
        // For a type without properties, the message is advice on how to configure Jackson.
        String problem =
                e instanceof InvalidDefinitionException definition && definition.getType() != null
                        ? noValue(definition.getType().getRawClass())
                        : problem(e);
        return new NotJsonException(
                abbreviated(refusedPath != null ? refusedPath : path(e)), problem, e);
    }

    private static String noValue(Class<?> type) {
        Module jackson = JsonMapper.class.getModule();
        boolean hidden = !type.getModule().isExported(type.getPackageName(), jackson);
        return "a %s is not a JSON value%s"
                .formatted(
                        type.getName(),
                        hidden
                                ? ", as its package is neither exported nor open to the module "
                                        + jackson.getName()
                                : "");
    }

    private static NotJsonException notRead(IOException e) {
        return new NotJsonException(abbreviated(path(e)), problem(e), e);
    }

    private static String path(IOException e) {
        String path = JsonPath.ROOT;
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference part : mapping.getPath()) {
                path =
                        part.getFieldName() != null
                                ? JsonPath.member(path, part.getFieldName())
                                : JsonPath.element(path, part.getIndex());
            }
        }
        return path;
    }

    private static String abbreviated(String path) {
        return path.length() <= MAX_PATH ? path : path.substring(0, MAX_PATH) + "...";
    }

    private static String problem(IOException e) {
        return e instanceof JsonProcessingException processing
                ? processing.getOriginalMessage()
                : String.valueOf(e.getMessage());
    }
}
