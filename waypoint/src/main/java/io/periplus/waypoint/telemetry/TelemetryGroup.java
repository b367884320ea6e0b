package io.periplus.waypoint.telemetry;

import java.util.List;

/** Tells several. Allocates nothing: it stands on the way of every request. */
public record TelemetryGroup(List<Telemetry> members) implements Telemetry {
    @Override
    public void ended(RequestReport report) {
        for (int i = 0; i < members.size(); i++) {
            members.get(i).ended(report);
        }
    }

    @Override
    public void opened(ConnectionReport report) {
        for (int i = 0; i < members.size(); i++) {
            members.get(i).opened(report);
        }
    }

    @Override
    public void moved(ConnectionReport report, long received, long sent) {
        for (int i = 0; i < members.size(); i++) {
            members.get(i).moved(report, received, sent);
        }
    }

    @Override
    public void ended(ConnectionReport report) {
        for (int i = 0; i < members.size(); i++) {
            members.get(i).ended(report);
        }
    }
}
