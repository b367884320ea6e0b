package io.periplus.dataplane.telemetry;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.time.Instant;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Sends what the process logs to the writer that the access log uses, in the same format. */
public final class LogHandler extends Handler {
    private final LogWriter writer;

    private LogHandler(LogWriter writer) {
        this.writer = writer;
        setLevel(Level.ALL);
    }

    /** Replaces every handler of the process' logging. */
    public static void install(LogWriter writer) {
        Logger root = Logger.getLogger("");
        for (Handler present : root.getHandlers()) {
            root.removeHandler(present);
        }
        root.addHandler(new LogHandler(writer));
    }

    @Override
    public void publish(LogRecord record) {
        writer.submit(new Entry(
                record.getInstant(), levelOf(record), scopeOf(record), textOf(record), traceOf(record.getThrown())));
    }

    @Override
    public void flush() {
        writer.flush();
    }

    @Override
    public void close() {
        // Whoever made the writer closes it.
    }

    private static String levelOf(LogRecord record) {
        int level = record.getLevel().intValue();
        if (level >= Level.SEVERE.intValue()) {
            return "error";
        }
        if (level >= Level.WARNING.intValue()) {
            return "warn";
        }
        if (level >= Level.INFO.intValue()) {
            return "info";
        }
        return level >= Level.FINE.intValue() ? "debug" : "trace";
    }

    /** The last word of the logger's package. */
    private static String scopeOf(LogRecord record) {
        String name = record.getLoggerName() == null ? "" : record.getLoggerName();
        int end = name.lastIndexOf('.');
        return end < 0 ? name : name.substring(name.lastIndexOf('.', end - 1) + 1, end);
    }

    private static String textOf(LogRecord record) {
        String message = String.valueOf(record.getMessage());
        Object[] parameters = record.getParameters();
        return parameters == null || parameters.length == 0 || message.indexOf("{0") < 0
                ? message
                : MessageFormat.format(message, parameters);
    }

    private static @Nullable String traceOf(@Nullable Throwable thrown) {
        if (thrown == null) {
            return null;
        }
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().strip();
    }

    private record Entry(
            Instant time,
            String level,
            String scope,
            String message,
            @Nullable String trace) implements LogEntry {
        @Override
        public void fields(Fields to) {
            to.text("error", trace);
        }
    }
}
