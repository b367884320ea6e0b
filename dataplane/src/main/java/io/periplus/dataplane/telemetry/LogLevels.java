package io.periplus.dataplane.telemetry;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Levels of this process' loggers by the names that ztunnel's users know: a level for all, or {@code scope=level}
 * ({@code scope:level}, too, as the help of istioctl has it). A scope is the word that stands in the log's lines, such as
 * {@code access}, {@code rbac}, {@code xds} or {@code hbone}; a part as a whole ({@code ztunnel}, {@code waypoint}); a logger's
 * full name; or a module of upstream's ztunnel, such as {@code ztunnel::xds}.
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
    /** Of this house's loggers. */
    private static final String ROOT = "io.periplus.";

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
        change(parse(specification));
    }

    /**
     * Returns to the levels of the start, and then changes what is named.
     *
     * @throws IllegalArgumentException naming a part that is not understood; nothing has changed then
     */
    public synchronized void reset(String specification) {
        Map<String, Level> changes = parse(specification);
        scopes.keySet().forEach(scope -> setLevel(scope, null));
        scopes.clear();
        root = DEFAULT;
        change(parse(initial));
        change(changes);
    }

    /** By scope, which is empty for all. */
    private static Map<String, Level> parse(String specification) {
        Map<String, Level> changes = new TreeMap<>();
        for (String part : specification.split(",")) {
            String text = part.strip();
            if (text.isEmpty()) {
                continue;
            }
            int separator = text.indexOf('=') < 0 ? text.lastIndexOf(':') : text.indexOf('=');
            String scope = separator < 0 ? "" : text.substring(0, separator).strip();
            Level level = LEVELS.get(text.substring(separator + 1).strip());
            if (level == null
                    || (separator >= 0 && (scope.isEmpty() || scope.startsWith(":") || scope.endsWith(":")))) {
                throw new IllegalArgumentException("log level \"" + text
                        + "\" (expected: off, error, warn, info, debug or trace, or scope=level)");
            }
            changes.put(scope, level);
        }
        return changes;
    }

    private void change(Map<String, Level> changes) {
        changes.forEach((scope, level) -> {
            if (scope.isEmpty()) {
                root = level;
            } else {
                scopes.put(scope, level);
            }
        });
        apply();
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
        scopes.forEach(this::setLevel);
    }

    private void setLevel(String scope, @Nullable Level level) {
        loggerNames(scope)
                .forEach(name -> held.computeIfAbsent(name, Logger::getLogger).setLevel(level));
    }

    /** Wherever there is a package of that name; what is none has no loggers, and takes no notice. */
    private static List<String> loggerNames(String scope) {
        if (scope.contains("::")) {
            String[] modules = scope.split("::");
            return loggerNames(modules[0].equals("ztunnel") ? module(modules[1]) : modules[0]);
        }
        if (scope.equals("ztunnel") || scope.equals("waypoint")) {
            return List.of(ROOT + scope, ROOT + "dataplane");
        }
        return scope.indexOf('.') >= 0
                ? List.of(scope)
                : List.of(scope, ROOT + "dataplane." + scope, ROOT + "ztunnel." + scope, ROOT + "waypoint." + scope);
    }

    /** Where the work of a module of upstream is done here. */
    private static String module(String name) {
        return switch (name) {
            case "proxy" -> ROOT + "ztunnel";
            case "inpod" -> "zds";
            case "state" -> "index";
            default -> name;
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
