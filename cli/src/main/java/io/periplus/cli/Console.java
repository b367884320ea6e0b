package io.periplus.cli;

import java.io.PrintStream;

/**
 * What a command may talk to.
 *
 * @param program {@code periplus} or {@code istioctl}, for help and errors
 * @param out results and progress
 * @param err errors and advice
 */
public record Console(String program, PrintStream out, PrintStream err) {
    /** The process's own streams, in UTF-8. */
    public static Console standard(String program) {
        var utf8 = java.nio.charset.StandardCharsets.UTF_8;
        return new Console(
                program,
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, utf8),
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, utf8));
    }
}
