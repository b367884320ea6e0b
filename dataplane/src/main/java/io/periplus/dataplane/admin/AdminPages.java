package io.periplus.dataplane.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.periplus.dataplane.telemetry.LogLevels;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** The pages that both proxies have. */
public final class AdminPages {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String LOGGING_HELP = """
            usage: POST /logging                          (shows the levels)
            usage: POST /logging?level=<level>            (changes the level of everything)
            usage: POST /logging?level=<scope>=<level>,…  (changes the levels of scopes)
            usage: POST /logging?reset                    (returns to the levels of the start)

            level: off, error, warn, info, debug, trace
            scope: access, xds, identity, hbone, ztunnel, waypoint, or a logger's full name
            """;

    private AdminPages() {}

    /** Metrics as OpenMetrics text; named so only to those who ask for it. */
    public static AdminPage metrics(MetricsRegistry metrics) {
        return request -> {
            StringBuilder text = new StringBuilder(4096);
            metrics.expose(text);
            boolean open = request.accept().stream().anyMatch(header -> header.contains(OPEN_METRICS));
            String type = open ? OPEN_METRICS + "; version=1.0.0; charset=utf-8" : "text/plain; charset=utf-8";
            return new AdminResponse(200, type, text.toString().getBytes(StandardCharsets.UTF_8));
        };
    }

    /** A JSON document, made when it is asked for. */
    public static AdminPage json(Supplier<JsonNode> document) {
        return request -> AdminResponse.json(JSON.writeValueAsBytes(document.get()));
    }

    /** Shows and changes log levels. */
    public static AdminPage logging(LogLevels levels) {
        return request -> {
            if (!request.isPost()) {
                return AdminResponse.text(405, "Invalid HTTP method\n" + LOGGING_HELP);
            }
            String level = request.query().get("level");
            try {
                if (request.query().containsKey("reset")) {
                    levels.reset(level == null ? "" : level);
                } else if (level != null && !level.isEmpty()) {
                    levels.add(level);
                } else if (!request.query().isEmpty()) {
                    return AdminResponse.text(400, "Invalid parameters\n" + LOGGING_HELP);
                }
            } catch (IllegalArgumentException e) {
                return AdminResponse.text(400, e.getMessage() + "\n" + LOGGING_HELP);
            }
            return AdminResponse.text(200, "current log level is " + levels + "\n");
        };
    }

    /** Ends the process gracefully. {@code shutdown} must only begin it. */
    public static AdminPage quit(Runnable shutdown) {
        return request -> {
            if (!request.isPost()) {
                return AdminResponse.methodNotAllowed("POST");
            }
            shutdown.run();
            return AdminResponse.text(200, "shutdown now\n");
        };
    }

    /** Has something done on a thread of its own, once. */
    public static AdminPage begin(Runnable work, String answer) {
        AtomicBoolean begun = new AtomicBoolean();
        return request -> {
            if (!request.isPost()) {
                return AdminResponse.methodNotAllowed("POST");
            }
            if (begun.compareAndSet(false, true)) {
                Thread.startVirtualThread(work);
            }
            return AdminResponse.text(200, answer);
        };
    }

    /** For a port that others may reach: a page for those in the proxy's own pod. */
    public static AdminPage ownPodOnly(AdminPage page) {
        return request -> request.local()
                ? page.answer(request)
                : AdminResponse.text(403, "Only requests from localhost are allowed\n");
    }

    /** Says how a process of Java is profiled, to those who look where other proxies' profiles are. */
    public static AdminPage noProfile() {
        String pid = Long.toString(ProcessHandle.current().pid());
        return request -> AdminResponse.text(501, """
                There are no profiles here: this is a process of Java, and Java profiles itself.
                CPU, allocations and locks:  jcmd %1$s JFR.start duration=30s filename=/tmp/profile.jfr
                what is on the heap:         jcmd %1$s GC.class_histogram
                """.formatted(pid));
    }

    /** Lists the paths there are. */
    public static AdminPage index(Collection<String> paths) {
        StringBuilder html = new StringBuilder("<!DOCTYPE html><title>admin</title><ul>");
        for (String path : new TreeSet<>(paths)) {
            html.append("<li><a href=\"")
                    .append(path)
                    .append("\">")
                    .append(path)
                    .append("</a>");
        }
        String page = html.append("</ul>\n").toString();
        return request -> AdminResponse.html(page);
    }
}
