package io.periplus.cli;

/** The exit codes of the command line. */
public final class ExitCode {
    /** Success, or help was printed. */
    public static final int OK = 0;

    /** Any error that has no code of its own. */
    public static final int FAILED = 1;

    /** A flag or command that does not exist (EX_USAGE of sysexits). */
    public static final int USAGE = 64;

    private ExitCode() {}
}
