package dev.pogo.process;

import dev.pogo.Job;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Job classes that run in JVMs of their own. */
public final class RemoteJobs {
    private RemoteJobs() {}

    /** Gives what it gets. */
    public static final class Echo implements Job<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object handle(@Nullable Object args) {
            return args;
        }
    }

    /** Says in which process it runs. */
    public static final class Pid implements Job<@Nullable Object, Long> {
        @Override
        public Long handle(@Nullable Object args) {
            return ProcessHandle.current().pid();
        }
    }

    /** Says what its process has open under each number, so far as that is still there. */
    public static final class OpenFiles implements Job<@Nullable Object, List<String>> {
        @Override
        public List<String> handle(@Nullable Object args) {
            return IntStream.range(0, 100)
                    .mapToObj(number -> new File("/proc/self/fd/" + number))
                    .filter(File::exists)
                    .map(OpenFiles::target)
                    .toList();
        }

        private static String target(File descriptor) {
            try {
                return descriptor.getCanonicalPath();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Never ends, and heeds no interrupt. */
    public static final class Spin implements Job<@Nullable Object, Long> {
        @Override
        public Long handle(@Nullable Object args) {
            long rounds = 0;
            while (System.nanoTime() != 0 || rounds == 0) {
                rounds++;
            }
            return rounds;
        }
    }

    /** Ends its process. */
    public static final class Exit implements Job<Integer, String> {
        @Override
        public String handle(Integer args) {
            System.err.println("exiting with " + args);
            System.exit(args);
            return "";
        }
    }

    /** Takes all memory. */
    public static final class Greedy implements Job<@Nullable Object, Integer> {
        @Override
        public Integer handle(@Nullable Object args) {
            List<byte[]> all = new ArrayList<>();
            while (all.size() < Integer.MAX_VALUE) {
                all.add(new byte[1 << 27]);
            }
            return all.size();
        }
    }

    /** Recurses without an end. */
    public static final class Deep implements Job<Integer, Integer> {
        @Override
        @SuppressWarnings("InfiniteRecursion") // that is the fault
        public Integer handle(Integer args) {
            return 1 + handle(args + 1);
        }
    }

    /** Throws, with a cause. */
    public static final class Throwing implements Job<String, String> {
        @Override
        public String handle(String args) {
            throw new IllegalStateException(args, new ArithmeticException("the root"));
        }
    }

    /** Prints, which must not disturb the protocol. */
    public static final class Printing implements Job<String, Map<String, String>> {
        @Override
        public Map<String, String> handle(String args) {
            System.out.println(args);
            return Map.of("printed", args);
        }
    }
}
