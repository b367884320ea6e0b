package io.periplus.cli;

/** A failure to show as one line {@code Error: <message>}; the message says what to do. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** An error with exit code 1. */
    public CliException(String message) {
        this(message, ExitCode.FAILED);
    }

    /** An error with the exit code given. */
    public CliException(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    /** The process's exit code. */
    public int exitCode() {
        return exitCode;
    }
}
