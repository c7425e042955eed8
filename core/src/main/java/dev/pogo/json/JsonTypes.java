package dev.pogo.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.ReferenceType;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.Serial;
import java.lang.reflect.AnnotatedElement;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Jackson module for the types whose JSON compatibility differs from Jackson's defaults: {@code
 * java.time} is ISO 8601 text, and only strings are keys of maps. Types that do something rather
 * than hold data (streams, iterators, tasks, lambdas), classes and optionals are refused.
 */
final class JsonTypes extends Module {
    private static final Map<Class<?>, Function<String, Object>> TIMES =
            Map.ofEntries(
                    Map.entry(Duration.class, Duration::parse),
                    Map.entry(Instant.class, Instant::parse),
                    Map.entry(LocalDate.class, LocalDate::parse),
                    Map.entry(LocalDateTime.class, LocalDateTime::parse),
                    Map.entry(LocalTime.class, LocalTime::parse),
                    Map.entry(MonthDay.class, MonthDay::parse),
                    Map.entry(OffsetDateTime.class, OffsetDateTime::parse),
                    Map.entry(OffsetTime.class, OffsetTime::parse),
                    Map.entry(Period.class, Period::parse),
                    Map.entry(Year.class, Year::parse),
                    Map.entry(YearMonth.class, YearMonth::parse),
                    Map.entry(ZoneId.class, ZoneId::of),
                    Map.entry(ZoneOffset.class, ZoneOffset::of),
                    Map.entry(ZonedDateTime.class, ZonedDateTime::parse));

    private static final Class<?>[] REFUSED = {
        AutoCloseable.class,
        Iterator.class,
        Runnable.class,
        Callable.class,
        Future.class,
        AnnotatedElement.class,
        ClassLoader.class,
        Optional.class,
        OptionalInt.class,
        OptionalLong.class,
        OptionalDouble.class,
    };

    private static boolean isRefused(Class<?> type) {
        for (Class<?> refused : REFUSED) {
            if (refused.isAssignableFrom(type)) {
                return true;
            }
        }
        // A lambda is a hidden class.
        return type.isHidden();
    }

    private static String refusal(Class<?> type) {
        return type.getSimpleName().startsWith("Optional")
                ? "an " + type.getName() + " is not a JSON value; use a value that may be null"
                : "a " + type.getName() + " is not a JSON value";
    }

    @Override
    public String getModuleName() {
        return "pogo";
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public void setupModule(SetupContext context) {
        context.addSerializers(new Writing());
        context.addKeySerializers(
                new Serializers.Base() {
                    @Override
                    public JsonSerializer<?> findSerializer(
                            SerializationConfig config, JavaType type, BeanDescription bean) {
                        return new StringKey();
                    }
                });
        context.addDeserializers(new Reading());
    }

    private static final class Writing extends Serializers.Base {
        @Override
        public @Nullable JsonSerializer<?> findSerializer(
                SerializationConfig config, JavaType type, BeanDescription bean) {
            Class<?> raw = type.getRawClass();
            if (TIMES.containsKey(raw) || ZoneId.class.isAssignableFrom(raw)) {
                return ToStringSerializer.instance;
            }
            return isRefused(raw) ? new Refuse() : null;
        }

        @Override
        public @Nullable JsonSerializer<?> findReferenceSerializer(
                SerializationConfig config,
                ReferenceType type,
                BeanDescription bean,
                @Nullable TypeSerializer typeSerializer,
                @Nullable JsonSerializer<Object> valueSerializer) {
            return isRefused(type.getRawClass()) ? new Refuse() : null;
        }
    }

    private static final class Reading extends Deserializers.Base {
        @Override
        public @Nullable JsonDeserializer<?> findBeanDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription bean) {
            Class<?> raw = type.getRawClass();
            Function<String, Object> parse = TIMES.get(raw);
            if (parse != null) {
                return new FromText(raw, parse);
            }
            return isRefused(raw) ? new FromText(raw, null) : null;
        }

        @Override
        public @Nullable JsonDeserializer<?> findReferenceDeserializer(
                ReferenceType type,
                DeserializationConfig config,
                BeanDescription bean,
                @Nullable TypeDeserializer typeDeserializer,
                @Nullable JsonDeserializer<?> valueDeserializer) {
            Class<?> raw = type.getRawClass();
            return isRefused(raw) ? new FromText(raw, null) : null;
        }
    }

    private static final class Refuse extends StdSerializer<Object> {
        @Serial private static final long serialVersionUID = 1;

        Refuse() {
            super(Object.class);
        }

        @Override
        public void serialize(Object value, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            throw JsonMappingException.from(out, refusal(value.getClass()));
        }
    }

    private static final class StringKey extends StdSerializer<Object> {
        @Serial private static final long serialVersionUID = 1;

        StringKey() {
            super(Object.class);
        }

        @Override
        public void serialize(Object key, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            if (!(key instanceof String name)) {
                provider.reportMappingProblem(
                        "the key %s of a map is a %s, not a string", key, key.getClass().getName());
                return;
            }
            out.writeFieldName(name);
        }
    }

    /** Reads a type of {@link #TIMES}; refuses the type if there is no function to parse it. */
    private static final class FromText extends StdScalarDeserializer<Object> {
        @Serial private static final long serialVersionUID = 1;

        private final transient @Nullable Function<String, Object> parse;

        FromText(Class<?> type, @Nullable Function<String, Object> parse) {
            super(type);
            this.parse = parse;
        }

        @Override
        public @Nullable Object deserialize(JsonParser in, DeserializationContext context)
                throws IOException {
            if (parse == null) {
                return context.reportInputMismatch(this, refusal(handledType()));
            }
            if (!in.hasToken(JsonToken.VALUE_STRING)) {
                return context.handleUnexpectedToken(handledType(), in);
            }
            String text = in.getText();
            try {
                return parse.apply(text);
            } catch (DateTimeException e) {
                return context.handleWeirdStringValue(handledType(), text, "%s", e.getMessage());
            }
        }
    }
}
