package io.periplus.lab.lifecycle;

/** Exit codes of {@code periplus lab}; 3 and above as the Linux Standard Base has them for services. */
public enum ExitCode {
    OK(0),
    /** It was tried and did not work. */
    FAILED(1),
    /** The command line makes no sense. */
    USAGE(2),
    /** The lab is not running, and the command needs one that is. */
    NOT_RUNNING(3),
    /** Not root. */
    NOT_PERMITTED(4),
    /** A program that the lab uses is missing on this machine. */
    NOT_INSTALLED(5),
    /** A port is taken, or a setting makes no sense. */
    NOT_CONFIGURED(6);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
