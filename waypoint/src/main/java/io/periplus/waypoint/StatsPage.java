package io.periplus.waypoint;

import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminPages;
import io.periplus.dataplane.admin.AdminRequest;
import io.periplus.dataplane.admin.AdminResponse;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import java.io.IOException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The metrics as Envoy's {@code /stats} lists them, one {@code name: value} a line. Of its parameters {@code filter} (a regular
 * expression), {@code usedonly} and {@code format=prometheus} are known.
 */
record StatsPage(MetricsRegistry metrics) implements AdminPage {
    @Override
    public AdminResponse answer(AdminRequest request) throws IOException {
        if (request.query().getOrDefault("format", "").equals("prometheus")) {
            return AdminPages.metrics(metrics).answer(request);
        }
        Pattern filter;
        try {
            filter = Pattern.compile(request.query().getOrDefault("filter", ""));
        } catch (PatternSyntaxException e) {
            return AdminResponse.text(400, "filter is no regular expression: " + e.getMessage() + "\n");
        }
        boolean usedOnly = request.query().containsKey("usedonly");
        StringBuilder exposition = new StringBuilder(4096);
        metrics.expose(exposition);
        StringBuilder stats = new StringBuilder(exposition.length());
        exposition.toString().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            String name = line.substring(0, space);
            String value = line.substring(space + 1);
            if (filter.matcher(name).find() && !(usedOnly && (value.equals("0") || value.equals("0.0")))) {
                stats.append(name).append(": ").append(value).append('\n');
            }
        });
        return AdminResponse.text(200, stats.toString());
    }
}
