package io.periplus.dataplane.telemetry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One line to be logged. Immutable: it is turned into text on the writer's thread. */
public interface LogEntry {
    /** When it happened. */
    Instant time();

    /** {@code trace}, {@code debug}, {@code info}, {@code warn} or {@code error}. */
    String level();

    /** Who logs, such as {@code access}. */
    String scope();

    /** What happened. */
    String message();

    /** The fields, in the order in which they should stand. */
    void fields(Fields to);

    /** Takes fields. Absent values are left out. */
    interface Fields {
        /** Text, quoted. */
        void text(String key, @Nullable String value);

        /** An address or other token that needs no quotes. */
        void bare(String key, @Nullable Object value);

        /** A number. */
        void number(String key, long value);
    }
}
