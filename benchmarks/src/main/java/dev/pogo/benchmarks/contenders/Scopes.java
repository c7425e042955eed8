package dev.pogo.benchmarks.contenders;

import dev.pogo.PogoConfig;

import java.util.concurrent.Callable;

/** What one does with scopes, without many tasks. */
public interface Scopes extends AutoCloseable {
    /** Whose scopes they are. */
    enum Of {
        /** Pogo's. */
        POGO,
        /** Pogo's, with {@code leak_detection}. */
        POGO_TRACED,
        /** The JDK's preview API. */
        STRUCTURED;

        /**
         * Makes what a service would have for all its requests.
         *
         * @return a new one, to be closed
         */
        public Scopes make() {
            return switch (this) {
                case POGO -> new PogoScopes(PogoConfig.defaults());
                case POGO_TRACED -> new PogoScopes(PogoConfig.defaults().withLeakDetection(true));
                case STRUCTURED -> Preview.make("StructuredScopesAlone", Scopes.class);
            };
        }
    }

    /**
     * Opens and closes one.
     *
     * @throws Exception never
     */
    void empty() throws Exception;

    /**
     * Opens and closes one that has a deadline.
     *
     * @throws Exception never
     */
    void emptyWithDeadline() throws Exception;

    /**
     * Runs one task in one that has a deadline.
     *
     * @param work what the task does
     * @return the task's value
     * @throws Exception what the work has thrown
     */
    int oneTaskWithDeadline(Callable<Integer> work) throws Exception;

    /**
     * Opens three, each within the other, and closes them.
     *
     * @throws Exception never
     */
    void nested() throws Exception;

    @Override
    void close();
}
