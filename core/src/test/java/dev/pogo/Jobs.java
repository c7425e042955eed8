package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Job classes that tests use, good ones and bad ones. */
public final class Jobs {
    static final AtomicInteger INITIALISED = new AtomicInteger();

    private Jobs() {}

    /** Args. */
    public record Sku(String sku) {}

    /** A result. */
    public record Stock(String sku, int count, BigDecimal price) {}

    /** Gives a record for a record. */
    public static final class FetchStock implements Job<Sku, Stock> {
        @Override
        public Stock handle(Sku args) {
            return new Stock(args.sku(), 3, new BigDecimal("9.90"));
        }
    }

    /** Has generics on both sides. */
    public static final class PriceAll implements Job<List<Sku>, Map<String, Stock>> {
        @Override
        public Map<String, Stock> handle(List<Sku> args) {
            Map<String, Stock> result = new LinkedHashMap<>();
            for (Sku sku : args) {
                result.put(sku.sku(), new Stock(sku.sku(), 1, BigDecimal.TEN));
            }
            return result;
        }
    }

    /** Leaves its types to a class between. */
    public abstract static class Between<T> implements Job<List<T>, T> {}

    /** Says in its superclass' terms what its types are. */
    public static final class First extends Between<Sku> {
        @Override
        public Sku handle(List<Sku> args) {
            return args.get(0);
        }
    }

    /** Gives what it gets. */
    public static final class Echo implements Job<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object handle(@Nullable Object args) {
            return args;
        }
    }

    /** Changes its args and keeps its result. */
    public static final class Meddle
            implements Job<Map<String, List<Integer>>, Map<String, List<Integer>>> {
        static final List<Map<String, List<Integer>>> KEPT = new ArrayList<>();

        @Override
        public Map<String, List<Integer>> handle(Map<String, List<Integer>> args) {
            args.put("more", new ArrayList<>(List.of(7)));
            args.computeIfPresent(
                    "list",
                    (key, list) -> {
                        list.add(8);
                        return list;
                    });
            KEPT.add(args);
            return args;
        }
    }

    /** Throws. */
    public static final class Throwing implements Job<String, String> {
        @Override
        public String handle(String args) throws IOException {
            throw new IOException(args);
        }
    }

    /** Gives what is no JSON. */
    public static final class GivesStream implements Job<String, Object> {
        @Override
        public Object handle(String args) {
            return Map.of("data", List.of(1, java.io.InputStream.nullInputStream()));
        }
    }

    /** Throws from its constructor. */
    public static final class BrokenConstructor implements Job<String, String> {
        /** Throws. */
        public BrokenConstructor() throws IOException {
            throw new IOException("no connection");
        }

        @Override
        public String handle(String args) {
            return args;
        }
    }

    /** Cannot be instantiated. */
    public abstract static class Abstract implements Job<String, String> {}

    /** Cannot be instantiated without an argument. */
    public static final class WithoutConstructor implements Job<String, String> {
        /** Needs a number. */
        public WithoutConstructor(int number) {
            assert number > 0;
        }

        @Override
        public String handle(String args) {
            return args;
        }
    }

    /** Cannot be instantiated without the object around it. */
    @SuppressWarnings("ClassCanBeStatic") // that is the fault
    public final class Inner implements Job<String, String> {
        @Override
        public String handle(String args) {
            return args;
        }
    }

    /** Just has a method. */
    public static final class Plain {
        /** Works. */
        public Stock handle(Sku sku) {
            return new Stock(sku.sku(), 5, BigDecimal.ONE);
        }
    }

    /** Just has a method, with a primitive. */
    public static final class Doubles {
        /** Works. */
        public int handle(int number) {
            return 2 * number;
        }
    }

    /** Has two methods that could be meant. */
    public static final class Two {
        /** The one. */
        public String handle(String args) {
            return args;
        }

        /** The other. */
        public String handle(Integer args) {
            return args.toString();
        }
    }

    /** Has none. */
    public static final class None {
        /** Has no parameter. */
        public String handle() {
            return "";
        }
    }

    /** Counts its initialisations. */
    public static final class Initialised {
        static {
            INITIALISED.incrementAndGet();
        }

        /** Works. */
        public String handle(String args) {
            return args;
        }
    }

    /** Gives the args back. */
    public static final class EchoWorker implements Worker {
        @Override
        public WorkerResponse handle(WorkerRequest request) {
            return WorkerResponse.success(request.args());
        }
    }

    /** Cannot be made. */
    public static final class BrokenWorker implements Worker {
        /** Throws. */
        public BrokenWorker() {
            throw new IllegalStateException("no process");
        }

        @Override
        public WorkerResponse handle(WorkerRequest request) {
            return WorkerResponse.success(null);
        }
    }

    /** Needs an argument. */
    public record NoWorker(String name) implements Worker {
        @Override
        public WorkerResponse handle(WorkerRequest request) {
            return WorkerResponse.success(null);
        }
    }
}
