package io.periplus.dataplane.telemetry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The access log: entries whose level is enabled for the scope {@code access} go to the writer. */
public final class AccessLog {
    /** The scope, and the name of the logger whose level counts. */
    public static final String SCOPE = "access";

    private static final Logger LEVELS = LoggerFactory.getLogger(SCOPE);

    private final LogWriter writer;

    public AccessLog(LogWriter writer) {
        this.writer = writer;
    }

    /** Whether lines about opened connections are wanted; ask before making one. */
    public boolean logsOpened() {
        return LEVELS.isDebugEnabled();
    }

    /** Takes an entry; never waits. */
    public void log(LogEntry entry) {
        boolean wanted = switch (entry.level()) {
            case "error" -> LEVELS.isErrorEnabled();
            case "warn" -> LEVELS.isWarnEnabled();
            case "info" -> LEVELS.isInfoEnabled();
            default -> LEVELS.isDebugEnabled();
        };
        if (wanted) {
            writer.submit(entry);
        }
    }
}
