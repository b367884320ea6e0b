package io.periplus.cli;

/** The exit codes of the command line. */
public final class ExitCode {
    /** Success, or help was printed. */
    public static final int OK = 0;

    /** Any error that has no code of its own. */
    public static final int FAILED = 1;

    /** A flag or command that does not exist (EX_USAGE of sysexits). */
    public static final int USAGE = 64;

    /** Input that cannot be read (EX_DATAERR of sysexits). */
    public static final int DATA = 65;

    /** {@code analyze} found what it was told to fail for. */
    public static final int FINDINGS = 79;

    private ExitCode() {}
}
