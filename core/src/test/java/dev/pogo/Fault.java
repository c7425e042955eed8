package dev.pogo;

import java.io.Serial;

/** What work may throw, from the ordinary to what hurts those who look at it. */
@SuppressWarnings({"OverrideThrowableToString", "ToStringReturnsNull"}) // those are faults
public enum Fault {
    EXCEPTION(IllegalStateException.class) {
        @Override
        public Object strike() {
            throw new IllegalStateException("test");
        }
    },
    CHECKED_THROWABLE(Throwable.class) {
        @Override
        public Object strike() {
            throw unchecked(new Throwable("neither an exception nor an error"));
        }
    },
    OWN_ERROR(ThreadStopped.class) {
        @Override
        public Object strike() {
            throw new ThreadStopped();
        }
    },
    /** The JVM's own, which does not need the heap to be full. */
    OUT_OF_MEMORY(OutOfMemoryError.class) {
        @Override
        public Object strike() {
            return new byte[Integer.MAX_VALUE];
        }
    },
    /** The JVM's own. */
    STACK_OVERFLOW(StackOverflowError.class) {
        @Override
        public Object strike() {
            return depth(1);
        }
    },
    MESSAGE_THROWS(Hostile.class) {
        @Override
        public Object strike() {
            throw new Hostile() {
                @Override
                public String getMessage() {
                    throw new IllegalStateException("no message");
                }
            };
        }
    },
    TEXT_THROWS(Hostile.class) {
        @Override
        public Object strike() {
            throw new Hostile() {
                @Override
                public String toString() {
                    throw new ThreadStopped();
                }
            };
        }
    },
    TEXT_OVERFLOWS_THE_STACK(Hostile.class) {
        @Override
        public Object strike() {
            throw new Hostile() {
                @Override
                public String toString() {
                    return "" + depth(1);
                }
            };
        }
    },
    @SuppressWarnings("NullAway") // that is the fault
    TEXT_IS_NULL(Hostile.class) {
        @Override
        public Object strike() {
            throw new Hostile() {
                @Override
                public String toString() {
                    return null;
                }
            };
        }
    },
    CAUSE_THROWS(Hostile.class) {
        @Override
        public Object strike() {
            throw new Hostile() {
                @Override
                public synchronized Throwable getCause() {
                    throw new IllegalStateException("no cause");
                }
            };
        }
    },
    STACK_TRACE_THROWS(Hostile.class) {
        @Override
        public Object strike() {
            throw new Hostile() {
                @Override
                public StackTraceElement[] getStackTrace() {
                    throw new IllegalStateException("no stack trace");
                }
            };
        }
    },
    IS_ITS_OWN_CAUSE(Hostile.class) {
        @Override
        public Object strike() {
            throw new Hostile() {
                @Override
                public synchronized Throwable getCause() {
                    return this;
                }
            };
        }
    },
    CAUSES_IN_A_CYCLE(Hostile.class) {
        @Override
        public Object strike() {
            Hostile first = new Hostile();
            first.initCause(new Hostile().initCause(first));
            throw first;
        }
    },
    SUPPRESSED_IN_A_CYCLE(Hostile.class) {
        @Override
        public Object strike() {
            Hostile first = new Hostile();
            Hostile second = new Hostile();
            first.addSuppressed(second);
            second.addSuppressed(first);
            throw first;
        }
    };

    /** An error that nobody but its thrower knows, as {@code ThreadDeath} once was. */
    public static final class ThreadStopped extends Error {
        @Serial private static final long serialVersionUID = 1;
    }

    /** Its subclasses hurt whoever looks at them. */
    public static class Hostile extends RuntimeException {
        @Serial private static final long serialVersionUID = 1;
    }

    private final Class<? extends Throwable> type;

    Fault(Class<? extends Throwable> type) {
        this.type = type;
    }

    /** What it throws, or a superclass of that if it is anonymous. */
    public Class<? extends Throwable> type() {
        return type;
    }

    /** Always throws. */
    public abstract Object strike();

    /** Throws what it is given, checked or not. */
    public static RuntimeException unchecked(Throwable e) {
        return Fault.<RuntimeException>cast(e);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // that is the trick
    private static <E extends Throwable> RuntimeException cast(Throwable e) throws E {
        throw (E) e;
    }

    private static int depth(int from) {
        return from == 0 ? 0 : 1 + depth(from + 1);
    }
}
