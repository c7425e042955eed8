package dev.pogo.samples.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;

import dev.pogo.Job;

/** A job that only waits, as for a slow backend. */
public final class Sleep implements Job<Sleep.Args, Sleep.Slept> {
    /**
     * How long to wait.
     *
     * @param millis milliseconds, not negative
     */
    public record Args(long millis) {}

    /**
     * That it is over.
     *
     * @param millis how long it was meant to take
     */
    public record Slept(@JsonProperty("slept_ms") long millis) {}

    @Override
    public Slept handle(Args args) throws InterruptedException {
        Thread.sleep(args.millis());
        return new Slept(args.millis());
    }
}
