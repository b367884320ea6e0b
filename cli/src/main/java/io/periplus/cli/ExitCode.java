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

    /** {@code why}: a policy refuses. {@code policy test}: a case was judged otherwise than expected. */
    public static final int DENIED = 10;

    /** {@code why}: the traffic does not arrive, for another reason than a policy. */
    public static final int NOT_ARRIVED = 11;

    /** {@code why}: it depends on somebody who is not asked for an explanation. */
    public static final int UNDECIDED = 12;

    private ExitCode() {}
}
