package io.periplus.dataplane.admin.pprof;

import io.periplus.dataplane.admin.pprof.ProfileBuilder.Frame;
import io.periplus.dataplane.admin.pprof.ProfileBuilder.Stack;
import io.periplus.wire.pprof.Profile;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The objects on the heap that something still refers to, by class, with the package in the place of a caller. */
final class HeapProfile {
    /** {@code   12:   345   6789  java.lang.String (java.base@25)}. */
    private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

    private HeapProfile() {}

    /**
     * Collects what nothing refers to, which stops the process for as long as a full collection takes, and counts the rest.
     *
     * @throws IOException if this JVM does not count its objects
     */
    static Profile take(String program) throws IOException {
        long startNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        ProfileBuilder profile = new ProfileBuilder(program)
                .values("inuse_objects", "count")
                .values("inuse_space", "bytes")
                .period("space", "bytes", 1)
                .taken(startNanos, 0)
                .comment(
                        "Live objects on the Java heap by class, all of them counted. Not in it: buffers outside the heap,"
                                + " classes, compiled code and stacks of threads.");
        DiagnosticCommands.run("gcClassHistogram")
                .lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> profile.add(
                        stack(line.group(3)), Long.parseLong(line.group(1)), Long.parseLong(line.group(2))));
        return profile.build();
    }

    private static Stack stack(String descriptor) {
        String name = readable(descriptor);
        int dot = name.lastIndexOf('.', name.indexOf('/') < 0 ? name.length() : name.indexOf('/'));
        return new Stack(
                dot < 0 ? List.of(Frame.named(name)) : List.of(Frame.named(name), Frame.named(name.substring(0, dot))),
                null);
    }

    /** {@code [[B} is {@code byte[][]}, {@code [Ljava.lang.String;} is {@code java.lang.String[]}. */
    private static String readable(String descriptor) {
        int dimensions = descriptor.lastIndexOf('[') + 1;
        if (dimensions == 0) {
            return descriptor;
        }
        String element = descriptor.substring(dimensions);
        String name = switch (element.charAt(0)) {
            case 'Z' -> "boolean";
            case 'B' -> "byte";
            case 'C' -> "char";
            case 'S' -> "short";
            case 'I' -> "int";
            case 'J' -> "long";
            case 'F' -> "float";
            case 'D' -> "double";
            default -> element.substring(1, element.length() - 1);
        };
        return name + "[]".repeat(dimensions);
    }
}
