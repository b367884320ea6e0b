package io.periplus.waypoint.telemetry;

import java.util.List;

/** Tells several. */
public record TelemetryGroup(List<Telemetry> members) implements Telemetry {
    @Override
    public void ended(RequestReport report) {
        members.forEach(member -> member.ended(report));
    }

    @Override
    public void opened(ConnectionReport report) {
        members.forEach(member -> member.opened(report));
    }

    @Override
    public void moved(ConnectionReport report, long received, long sent) {
        members.forEach(member -> member.moved(report, received, sent));
    }

    @Override
    public void ended(ConnectionReport report) {
        members.forEach(member -> member.ended(report));
    }
}
