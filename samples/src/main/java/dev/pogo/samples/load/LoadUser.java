package dev.pogo.samples.load;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends one request after the other, and does not wait for the answers of some. */
final class LoadUser implements Callable<LoadReport> {
    private final HttpClient client;
    private final HttpRequest request;
    private final Impatience impatience;
    private final SplittableRandom random;
    private final long end;

    /**
     * How users lose patience.
     *
     * @param rate the share of requests that are given up
     * @param nanos the longest time after which one is
     */
    record Impatience(double rate, long nanos) {}

    /** Works until {@link System#nanoTime()} says the end. */
    LoadUser(
            HttpClient client,
            HttpRequest request,
            Impatience impatience,
            SplittableRandom random,
            long end) {
        this.client = client;
        this.request = request;
        this.impatience = impatience;
        this.random = random;
        this.end = end;
    }

    @Override
    public LoadReport call() throws InterruptedException {
        LoadReport report = new LoadReport();
        while (end - System.nanoTime() > 0) {
            boolean givesUp = random.nextDouble() < impatience.rate();
            sendOne(report, givesUp ? random.nextLong(impatience.nanos()) : Long.MAX_VALUE);
        }
        return report;
    }

    private void sendOne(LoadReport report, long patience) throws InterruptedException {
        long began = System.nanoTime();
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(request, BodyHandlers.discarding());
        try {
            int status = answer.get(patience, TimeUnit.NANOSECONDS).statusCode();
            report.answered(status, System.nanoTime() - began);
        } catch (TimeoutException e) {
            answer.cancel(true); // which closes the connection
            report.cancelled();
        } catch (ExecutionException e) {
            report.failed(e.getCause() == null ? e : e.getCause());
        }
    }
}
