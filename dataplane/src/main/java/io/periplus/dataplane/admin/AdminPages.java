package io.periplus.dataplane.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.periplus.dataplane.telemetry.LogLevels;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
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
            scope: the word before the message in a line of the log (access, rbac, xds, identity, hbone, …),
                   ztunnel, waypoint, or a logger's full name
            """;

    /** More of them, each of some 700 bytes, are never there as text all at once. */
    private static final int SERIES_AT_ONCE = 1000;

    private static final int TEXT_BUFFER = 8192;

    private AdminPages() {}

    /** Metrics as OpenMetrics text; named so only to those who ask for it. */
    public static AdminPage metrics(MetricsRegistry metrics) {
        return request -> {
            boolean open = request.accept().stream().anyMatch(header -> header.contains(OPEN_METRICS));
            String type = open ? OPEN_METRICS + "; version=1.0.0; charset=utf-8" : "text/plain; charset=utf-8";
            AdminStream text = out -> {
                // Not closed: that would end the body, also where it has failed.
                Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), TEXT_BUFFER);
                metrics.expose(writer);
                writer.flush();
            };
            if (metrics.series() > SERIES_AT_ONCE) {
                return AdminResponse.written(type, text);
            }
            ByteArrayOutputStream body = new ByteArrayOutputStream(TEXT_BUFFER);
            text.writeTo(body);
            return new AdminResponse(200, type, body.toByteArray());
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
                return AdminResponse.text(405, "Invalid HTTP method (expected: POST)\n" + LOGGING_HELP);
            }
            String level = request.query().get("level");
            try {
                if (request.query().containsKey("reset")) {
                    levels.reset(level == null ? "" : level);
                } else if (level != null) {
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

    /** Lists the paths there are, and what is there. */
    public static AdminPage index(Collection<String> paths) {
        StringBuilder html = new StringBuilder("<!DOCTYPE html><title>admin</title><table>");
        for (String path : new TreeSet<>(paths)) {
            html.append("<tr><td><a href=\"%1$s\">%1$s</a><td>%2$s\n".formatted(path, description(path)));
        }
        String page = html.append("</table>\n").toString();
        return request -> AdminResponse.html(page);
    }

    private static String description(String path) {
        return switch (path) {
            case "/clusters" -> "where requests can go, and how the endpoints are";
            case "/config_dump" -> "what the proxy knows, as JSON";
            case "/debug/pprof/heap" -> "the live objects on the heap by class, for <code>go tool pprof</code>";
            case "/debug/pprof/heap/profiling" -> "whether the heap can be asked for: always";
            case "/debug/pprof/profile" ->
                "where processor time goes, for <code>go tool pprof</code>: seconds=1 to 300 (10), frequency=1 to 1000 Hz (100)";
            case "/logging" ->
                "POST: shows the log levels; level=&lt;level&gt; or level=&lt;scope&gt;=&lt;level&gt;,… changes them";
            case "/metrics", "/stats/prometheus" -> "metrics, as Prometheus reads them";
            case "/quitquitquit" -> "POST: ends the proxy, gracefully";
            case "/stats" -> "metrics, one a line";
            case "/why" -> "POST: what would be done with a connection or request, and why";
            case "/why/seen" -> "what was done with the last ones";
            default -> "";
        };
    }
}
