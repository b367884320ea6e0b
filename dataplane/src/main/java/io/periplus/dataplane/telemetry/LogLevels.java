package io.periplus.dataplane.telemetry;

import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Levels of this process' loggers by the names that ztunnel's users know: a level for all, or {@code scope=level}.
 * Scopes are {@code access}, the last word of a package ({@code xds}, {@code identity}, {@code hbone} …), a part
 * ({@code ztunnel}, {@code waypoint}) or a full logger name.
 */
public final class LogLevels {
    private static final Map<String, Level> LEVELS = Map.of(
            "off", Level.OFF,
            "error", Level.SEVERE,
            "warn", Level.WARNING,
            "info", Level.INFO,
            "debug", Level.FINE,
            "trace", Level.FINEST);
    private static final Level DEFAULT = Level.INFO;

    private final String initial;
    private final Map<String, Level> scopes = new TreeMap<>();
    /** The JDK forgets loggers that nobody holds, and their levels with them. */
    private final Map<String, Logger> held = new TreeMap<>();

    private Level root = DEFAULT;

    /** @param initial such as {@code info} or {@code access=debug,info}; what {@link #reset} returns to */
    public LogLevels(String initial) {
        this.initial = initial;
        add(initial);
    }

    /**
     * Changes the levels that are named.
     *
     * @throws IllegalArgumentException naming a part that is not understood; nothing has changed then
     */
    public synchronized void add(String specification) {
        Map<String, Level> changes = new TreeMap<>();
        for (String part : specification.split(",")) {
            String text = part.strip();
            if (text.isEmpty()) {
                continue;
            }
            int equals = text.indexOf('=');
            String scope = equals < 0 ? "" : text.substring(0, equals).strip();
            Level level = LEVELS.get(text.substring(equals + 1).strip());
            if (level == null) {
                throw new IllegalArgumentException("log level \"" + text
                        + "\" (expected: off, error, warn, info, debug or trace, or scope=level)");
            }
            changes.put(scope, level);
        }
        changes.forEach((scope, level) -> {
            if (scope.isEmpty()) {
                root = level;
            } else {
                scopes.put(scope, level);
            }
        });
        apply();
    }

    /** Returns to the levels of the start, and then changes what is named. */
    public synchronized void reset(String specification) {
        scopes.keySet().forEach(scope -> logger(scope).setLevel(null));
        scopes.clear();
        root = DEFAULT;
        add(initial);
        add(specification);
    }

    /** The levels as they would be given. */
    @Override
    public synchronized String toString() {
        String all = scopes.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + nameOf(entry.getValue()))
                .collect(Collectors.joining(","));
        return all.isEmpty() ? nameOf(root) : all + "," + nameOf(root);
    }

    private void apply() {
        Logger rootLogger = Logger.getLogger("");
        rootLogger.setLevel(root);
        for (var handler : rootLogger.getHandlers()) {
            handler.setLevel(Level.ALL);
        }
        scopes.forEach((scope, level) -> logger(scope).setLevel(level));
    }

    private Logger logger(String scope) {
        return held.computeIfAbsent(scope, name -> Logger.getLogger(loggerName(name)));
    }

    private static String loggerName(String scope) {
        return switch (scope) {
            case AccessLog.SCOPE -> scope;
            case "ztunnel", "waypoint" -> "io.periplus." + scope;
            default -> scope.indexOf('.') >= 0 ? scope : "io.periplus.dataplane." + scope;
        };
    }

    private static String nameOf(Level level) {
        return LEVELS.entrySet().stream()
                .filter(entry -> entry.getValue().equals(level))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(level.getName());
    }
}
