package dev.pogo.samples.jobs;

import dev.pogo.Job;

/** A job that computes on and on, and never looks whether it is still wanted. */
public final class Spin implements Job<Spin.Args, Spin.Spun> {
    /**
     * How long to compute, so that a sample that cannot stop it ends all the same.
     *
     * @param millis milliseconds
     */
    public record Args(long millis) {}

    /**
     * That it is over.
     *
     * @param pid the process that it was in
     */
    public record Spun(long pid) {}

    @Override
    public Spun handle(Args args) {
        long until = System.nanoTime() + args.millis() * 1_000_000;
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
        return new Spun(ProcessHandle.current().pid());
    }
}
