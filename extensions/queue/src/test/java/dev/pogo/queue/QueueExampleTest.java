package dev.pogo.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.Job;
import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PoolConfig;
import dev.pogo.testing.Eventually;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The examples of the documentation. */
@ExtendWith(RedisExtension.class)
class QueueExampleTest {
    private static final BlockingQueue<String> SENT = new LinkedBlockingQueue<>();

    // @start region="job"
    public record Mail(String to, String text) {}

    public static final class SendMail implements Job<Delivery<Mail>, @Nullable Void> {
        @Override
        public @Nullable Void handle(Delivery<Mail> delivery) {
            Mail mail = delivery.payload();
            SENT.add(mail.to() + ", attempt " + delivery.attempt());
            return null;
        }
    }

    // @end

    @Test
    void mail_pushed_isSent(RedisServer server) throws Exception {
        String redis = server.url();
        // @start region="queue"
        PogoConfig config =
                PogoConfig.defaults()
                        .withPool(PoolConfig.named("mail").withNumThreads(8))
                        .withJobs(List.of(SendMail.class.getName()));
        QueueConfig queue =
                QueueConfig.defaults()
                        .withBackend(RedisBackend.at(redis))
                        .withQueues(List.of("mail"))
                        .withWorker(SendMail.class.getName(), "mail")
                        .withConcurrency(8);
        try (PogoRuntime runtime = PogoRuntime.start(config);
                PogoQueue mails = PogoQueue.open(runtime, config, queue)) {
            mails.consume();
            PushResult pushed =
                    mails.push(
                            "mail",
                            new Mail("ada@example.com", "Hello"),
                            PushOptions.none().withKey("welcome-17", Duration.ofDays(1)));
            assertTrue(pushed.ok(), pushed::message);
            // @end
            assertEquals("ada@example.com, attempt 1", SENT.poll(10, TimeUnit.SECONDS));
            PushResult again =
                    mails.push(
                            "mail",
                            new Mail("ada@example.com", "Hello"),
                            PushOptions.none().withKey("welcome-17", Duration.ofDays(1)));
            assertEquals(pushed.id(), again.id());
            assertTrue(mails.push("mail", new Mail("bob", "x"), Duration.ofMillis(200)).ok());
            assertEquals("bob, attempt 1", SENT.poll(10, TimeUnit.SECONDS));
            Eventually.reached(() -> mails.status("mail").queues().toString().contains("acked=2"));
        }
    }
}
