package io.periplus.lab.lifecycle;

/** Why a lab command could not do what it was asked to: a message for the user that says what to do, and an exit code. */
public final class LabException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    public LabException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public LabException(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
