package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.time.Duration.ofSeconds;

import org.junit.jupiter.api.Test;

/** The examples of the Javadoc. */
class ExampleTest {
    @Test
    void door_example_works() throws InterruptedException {
        // @start region="door"
        try (var scope = Pogo.open(ofSeconds(2))) {
            Task<String> greeting = scope.spawn(() -> "hello");
            Task<Integer> answer = scope.spawn("default", () -> 6 * 7);
            String page = greeting.await() + " " + answer.await(ofSeconds(1)); // "hello 42"
            // @end
            assertEquals("hello 42", page);
        }
    }

    @Test
    void scope_example_works() throws InterruptedException {
        PogoRuntime runtime = Runtimes.start(PogoConfig.defaults());
        // @start region="scope"
        try (PogoScope scope = runtime.open(ofSeconds(2))) {
            scope.spawn(() -> 1);
            scope.spawn(() -> 2);
            scope.awaitAll(); // or throws the first failure and cancels the rest
            for (Task<?> task : scope.settle(ofSeconds(1))) { // all, whatever became of them
                System.out.println(task.name() + ": " + task.result());
            }
        }
        // @end
    }
}
