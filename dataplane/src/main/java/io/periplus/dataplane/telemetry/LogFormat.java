package io.periplus.dataplane.telemetry;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How entries become lines. */
public enum LogFormat {
    /** Time, level, scope, message and fields separated by tabs; the fields are {@code key=value}, separated by spaces. */
    PLAIN {
        @Override
        void write(LogEntry entry, StringBuilder to) {
            to.append(time(entry.time())).append('\t').append(entry.level()).append('\t');
            to.append(entry.scope()).append('\t').append(entry.message()).append('\t');
            entry.fields(new PlainFields(to));
            if (to.charAt(to.length() - 1) == '\t') {
                to.setLength(to.length() - 1);
            }
            to.append('\n');
        }
    },

    /** One flat JSON object. */
    JSON {
        @Override
        void write(LogEntry entry, StringBuilder to) {
            JsonFields fields = new JsonFields(to);
            to.append('{');
            fields.text("level", entry.level());
            fields.text("time", time(entry.time()));
            fields.text("scope", entry.scope());
            fields.text("message", entry.message());
            entry.fields(fields);
            to.append("}\n");
        }
    };

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** The format that the environment variable {@code LOG_FORMAT} names. */
    public static LogFormat of(@Nullable String name) {
        return "json".equalsIgnoreCase(name) ? JSON : PLAIN;
    }

    abstract void write(LogEntry entry, StringBuilder to);

    private static String time(Instant time) {
        return TIME.format(time);
    }

    private record PlainFields(StringBuilder to) implements LogEntry.Fields {
        @Override
        public void text(String key, @Nullable String value) {
            if (value != null) {
                name(key).append('"');
                escape(value, to);
                to.append('"');
            }
        }

        @Override
        public void bare(String key, @Nullable Object value) {
            if (value != null) {
                name(key).append(value);
            }
        }

        @Override
        public void number(String key, long value) {
            name(key).append(value);
        }

        private StringBuilder name(String key) {
            if (to.charAt(to.length() - 1) != '\t') {
                to.append(' ');
            }
            return to.append(key).append('=');
        }
    }

    private record JsonFields(StringBuilder to) implements LogEntry.Fields {
        @Override
        public void text(String key, @Nullable String value) {
            if (value != null) {
                name(key);
                to.append('"');
                escape(value, to);
                to.append('"');
            }
        }

        @Override
        public void bare(String key, @Nullable Object value) {
            text(key, value == null ? null : value.toString());
        }

        @Override
        public void number(String key, long value) {
            name(key);
            to.append(value);
        }

        private void name(String key) {
            if (to.charAt(to.length() - 1) != '{') {
                to.append(',');
            }
            to.append('"').append(key).append("\":");
        }
    }

    private static void escape(String value, StringBuilder to) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> {
                    if (c < ' ') {
                        to.append(String.format("\\u%04x", (int) c));
                    } else {
                        to.append(c);
                    }
                }
            }
        }
    }
}
