package dev.pogo.process;

/** Why a worker process had to be replaced. */
public enum RestartCause {
    /** It ended by itself, or was killed by somebody else. */
    CRASHED,
    /** It ended before it said hello, could not be started at all, or took too long to be ready. */
    NOT_STARTED,
    /** The task that it worked for was cancelled: by a timeout, a deadline, or its scope's end. */
    CANCELLED,
    /** A job took longer than {@code job_timeout}. */
    JOB_TIMEOUT,
    /** A request or an answer took longer than {@code ipc_timeout} to get through. */
    IPC_TIMEOUT,
    /** It said what the protocol does not allow. */
    PROTOCOL,
    /** It said itself that it cannot go on. */
    FATAL,
    /** It has run {@code max_jobs} jobs. */
    MAX_JOBS
}
