package dev.pogo.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.pogo.Pogo;
import dev.pogo.Task;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The examples of the Javadoc. */
class ChannelExampleTest {
    @Test
    void channel_example_works() throws InterruptedException {
        // @start region="channel"
        Channel<String> lines = Channel.buffered(16);
        Thread.startVirtualThread(() -> {
            lines.tryPush("one");
            lines.tryPush("two");
            lines.close();
        });
        List<String> read = new ArrayList<>();
        for (String line : lines) { // until it is closed and empty
            read.add(line);
        }
        // @end
        assertEquals(List.of("one", "two"), read);
    }

    @Test
    void pipeline_example_works() throws InterruptedException {
        // @start region="pipeline"
        int sum = 0;
        try (var scope = Pogo.open(ofSeconds(5))) {
            Channel<Integer> squares = scope.channel(16);
            scope.spawn(() -> {
                for (int i = 1; i <= 10; i++) {
                    squares.push(i * i); // waits while 16 are there
                }
                squares.close();
                return null;
            });
            for (int square : squares) {
                sum += square;
            }
        }
        // @end
        assertEquals(385, sum);
    }

    @Test
    void select_example_works() throws InterruptedException {
        Channel<Integer> prices = Channel.buffered(1);
        prices.push(42);
        String shown = "";
        try (var scope = Pogo.open()) {
            Task<Integer> stock = scope.spawn(() -> 7);
            stock.await();
            // @start region="select"
            Optional<Selected<String>> first =
                    Select.from("price", prices).from("stock", stock).timeout(ofMillis(500));
            if (first.isPresent()) {
                shown = first.get().key() + ": " + first.get().value();
            }
            // @end
        }
        assertTrue(List.of("price: 42", "stock: 7").contains(shown), shown);
    }

    @Test
    void waitGroup_example_works() throws InterruptedException {
        // @start region="waitGroup"
        WaitGroup open = new WaitGroup();
        for (int i = 0; i < 3; i++) {
            open.add();
            Thread.startVirtualThread(open::done);
        }
        boolean all = open.await(ofSeconds(5));
        // @end
        assertTrue(all);
    }
}
