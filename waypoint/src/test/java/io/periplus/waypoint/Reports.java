package io.periplus.waypoint;

import io.periplus.waypoint.telemetry.ConnectionReport;
import io.periplus.waypoint.telemetry.RequestReport;
import io.periplus.waypoint.telemetry.Telemetry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what is reported of requests. */
final class Reports implements Telemetry {
    final List<RequestReport> requests = new CopyOnWriteArrayList<>();

    @Override
    public void ended(RequestReport report) {
        requests.add(report);
    }

    @Override
    public void opened(ConnectionReport report) {}

    @Override
    public void moved(ConnectionReport report, long received, long sent) {}

    @Override
    public void ended(ConnectionReport report) {}
}
