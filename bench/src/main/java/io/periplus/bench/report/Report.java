package io.periplus.bench.report;

import io.periplus.bench.mesh.MeshRow;
import io.periplus.bench.plain.PlainRow;
import io.periplus.bench.plain.StartRow;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Everything that one run found.
 *
 * @param machine what it ran on
 * @param versions of the contenders
 * @param plain as plain reverse proxies
 * @param mesh through the mesh
 * @param start after the start
 */
public record Report(
        Map<String, String> machine,
        Map<String, String> versions,
        List<PlainRow> plain,
        List<MeshRow> mesh,
        List<StartRow> start) {
    /** As tables. */
    public String text() {
        StringBuilder text = new StringBuilder();
        machine.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        versions.forEach(
                (name, value) -> text.append(name).append(' ').append(value).append('\n'));
        if (!plain.isEmpty()) {
            text.append("\nReverse proxies, one core each\n").append(plainTable());
        }
        if (!mesh.isEmpty()) {
            text.append("\nThrough the mesh, everything on the same cores; CPU in µs per request\n")
                    .append(meshTable());
        }
        if (!start.isEmpty()) {
            text.append("\nAfter the start, one core\n").append(startTable());
        }
        return text.toString();
    }

    private String plainTable() {
        TextTable table = new TextTable(
                "SCENARIO",
                "PROXY",
                "REQ/S",
                "CPU µs/REQ",
                "CPU s/10k",
                "PER CORE vs NGINX",
                "PROXY BUSY",
                "LOAD BUSY",
                "BACKEND BUSY",
                "OPEN LOOP REQ/S",
                "p50 µs",
                "p99 µs",
                "p99.9 µs",
                "MiB",
                "ERRORS");
        for (PlainRow row : plain) {
            Double ratio = row.perCoreOfNginx();
            table.add(
                    row.scenario(),
                    row.proxy(),
                    number("%.0f", row.requestsPerSecond()),
                    number("%.1f", row.cpuMicrosPerRequest()),
                    number("%.3f", row.cpuMicrosPerRequest() / 100),
                    ratio == null ? "-" : number("%.2f", ratio),
                    number("%.0f%%", row.proxyBusy() * 100),
                    number("%.0f%%", row.generatorBusy() * 100),
                    number("%.0f%%", row.backendBusy() * 100),
                    number("%.0f", row.rate()),
                    number("%.0f", row.p50Micros()),
                    number("%.0f", row.p99Micros()),
                    number("%.0f", row.p999Micros()),
                    number("%.0f", row.residentMiB()),
                    row.errors() == 0 ? "0" : row.errors() + " (" + row.error() + ")");
        }
        return table.toString();
    }

    private String meshTable() {
        TextTable table = new TextTable(
                "PATH",
                "REQ/S",
                "CLIENT",
                "ZTUNNEL",
                "WAYPOINT",
                "ZTUNNEL",
                "SERVER",
                "ALL PROXIES",
                "OPEN LOOP REQ/S",
                "p50 µs",
                "p99 µs",
                "p99.9 µs",
                "ERRORS");
        for (MeshRow row : mesh) {
            table.add(
                    row.path(),
                    number("%.0f", row.requestsPerSecond()),
                    number("%.1f", row.clientMicros()),
                    number("%.1f", row.clientZtunnelMicros()),
                    number("%.1f", row.waypointMicros()),
                    number("%.1f", row.serverZtunnelMicros()),
                    number("%.1f", row.serverMicros()),
                    number("%.1f", row.chainMicros()),
                    number("%.0f", row.rate()),
                    number("%.0f", row.p50Micros()),
                    number("%.0f", row.p99Micros()),
                    number("%.0f", row.p999Micros()),
                    row.errors() == 0 ? "0" : row.errors() + " (" + row.error() + ")");
        }
        return table.toString();
    }

    private String startTable() {
        TextTable table = new TextTable(
                "PROXY",
                "",
                "FIRST ANSWER ms",
                "CPU s",
                "IDLE MiB",
                "s TO 90%",
                "CPU s TO 90%",
                "CPU µs/REQ AT FIRST",
                "IN THE END",
                "ERRORS");
        for (StartRow row : start) {
            table.add(
                    row.proxy(),
                    "",
                    Long.toString(row.firstAnswerMillis()),
                    number("%.2f", row.firstAnswerCpuSeconds()),
                    number("%.0f", row.idleMiB()),
                    number("%.1f", row.secondsTo90Percent()),
                    number("%.1f", row.cpuSecondsTo90Percent()),
                    number("%.0f", row.firstMicros()),
                    number("%.1f", row.finalMicros()),
                    row.errors() == 0 ? "0" : row.errors() + " (" + row.error() + ")");
        }
        return table.toString();
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
