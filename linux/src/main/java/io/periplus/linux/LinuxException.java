package io.periplus.linux;

import java.io.IOException;

/** A failed system call: which one, on what, and the error number with its text. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    LinuxException(String call, String subject, int errno) {
        super("%s(%s): %s".formatted(call, subject, Libc.strerror(errno)));
        this.errno = errno;
    }

    /** The {@code errno} value of the failed call. */
    public int errno() {
        return errno;
    }
}
