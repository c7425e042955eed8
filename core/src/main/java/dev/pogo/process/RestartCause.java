package dev.pogo.process;

/** The reason why a worker process had to be replaced. */
public enum RestartCause {
    /** The process ended by itself, or was killed by something other than Pogo. */
    CRASHED,
    /** It ended before its hello, could not be started, or took too long to become ready. */
    NOT_STARTED,
    /**
     * The task that it worked for was cancelled: by a timeout, a deadline, or the end of its scope.
     */
    CANCELLED,
    /** A job took longer than {@code job_timeout}. */
    JOB_TIMEOUT,
    /** The transfer of a request or an answer took longer than {@code ipc_timeout}. */
    IPC_TIMEOUT,
    /** It violated the protocol. */
    PROTOCOL,
    /** It reported that it cannot continue. */
    FATAL,
    /** It has run {@code max_jobs} jobs. */
    MAX_JOBS
}
