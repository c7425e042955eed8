package dev.pogo.util;

/**
 * Describes exceptions of code that is not Pogo's. Their texts may be huge, and the methods that
 * return them may throw.
 */
public final class Throwables {
    private static final int MAX_LENGTH = 1_000;

    private Throwables() {}

    /**
     * Describes an exception like its {@code toString()}.
     *
     * @param thrown the exception
     * @return at most about 1,000 characters
     */
    public static String describe(Throwable thrown) {
        try {
            return limited(thrown.toString());
        } catch (Throwable e) {
            return failed(thrown, e);
        }
    }

    /**
     * Returns the message of an exception.
     *
     * @param thrown the exception
     * @return at most about 1,000 characters
     */
    public static String message(Throwable thrown) {
        try {
            return limited(String.valueOf(thrown.getMessage()));
        } catch (Throwable e) {
            return failed(thrown, e);
        }
    }

    private static String limited(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    }

    private static String failed(Throwable thrown, Throwable e) {
        return thrown.getClass().getName()
                + ", whose description could not be read because of "
                + e.getClass();
    }
}
