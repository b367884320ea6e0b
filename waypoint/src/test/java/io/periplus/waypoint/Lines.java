package io.periplus.waypoint;

import io.periplus.waypoint.telemetry.ConnectionReport;
import io.periplus.waypoint.telemetry.RequestReport;
import io.periplus.waypoint.telemetry.Telemetry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What access logs would say: status, flags and details. */
final class Lines implements Telemetry {
    private record Line(String path, String text) {}

    final List<String> connections = new CopyOnWriteArrayList<>();
    private final List<Line> requests = new CopyOnWriteArrayList<>();

    /** Of the latest request for a path; empty if there was none. */
    String of(String path) {
        String latest = "";
        for (Line line : requests) {
            if (line.path.equals(path)) {
                latest = line.text;
            }
        }
        return latest;
    }

    @Override
    public void ended(RequestReport report) {
        String path = report.request() == null ? "" : report.request().path();
        String flags = report.flags().isEmpty() ? "-" : report.flags();
        requests.add(new Line(path, report.status() + " " + flags + " " + report.details()));
    }

    @Override
    public void opened(ConnectionReport report) {
        // Its end is of interest.
    }

    @Override
    public void moved(ConnectionReport report, long received, long sent) {
        // Its end is of interest.
    }

    @Override
    public void ended(ConnectionReport report) {
        String flags = report.flags().isEmpty() ? "-" : report.flags();
        connections.add(flags + " " + report.details());
    }
}
