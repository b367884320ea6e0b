package io.periplus.bench.tunnel;

import io.periplus.bench.report.TextTable;
import io.periplus.bench.tunnel.MemoryRow.Size;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one run found.
 *
 * @param machine what it ran on
 * @param versions of the contenders
 * @param absent contenders that did not take part, and why
 */
public record TunnelReport(
        Map<String, String> machine,
        Map<String, String> versions,
        Map<String, String> absent,
        List<TunnelRow> rows,
        List<MemoryRow> memory) {
    private static final double GIGABIT = 125e6;

    /** As tables. */
    public String text() {
        StringBuilder text = new StringBuilder();
        machine.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        versions.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        absent.forEach((name, value) ->
                text.append(name).append(": absent, ").append(value).append('\n'));
        if (!rows.isEmpty()) {
            text.append("\nClient pod, proxy, proxy, server pod: everything on the same cores\n")
                    .append(loadTable());
        }
        if (!memory.isEmpty()) {
            text.append("\nMemory in MiB: resident (of these not of files)\n").append(memoryTable());
        }
        return text.toString();
    }

    private String loadTable() {
        TextTable table = new TextTable(
                "SCENARIO",
                "CONTENDER",
                "RATE",
                "",
                "OF HAPROXY",
                "CPU: CLIENT'S PROXY",
                "SERVER'S PROXY",
                "BOTH",
                "",
                "OF HAPROXY",
                "CLIENT",
                "SERVER",
                "OPEN LOOP /s",
                "p50 µs",
                "p99 µs",
                "p99.9 µs",
                "ERRORS");
        for (TunnelRow row : rows) {
            String cpu = row.bulk() ? "%.3f" : "%.1f";
            boolean paced = row.rate() > 0;
            table.add(
                    row.scenario(),
                    row.contender(),
                    row.bulk() ? number("%.2f", row.perSecond() / GIGABIT) : number("%.0f", row.perSecond()),
                    row.bulk() ? "Gbit/s" : "/s",
                    ratio(row.ofHaproxy()),
                    number(cpu, row.clientProxyCpu()),
                    number(cpu, row.serverProxyCpu()),
                    number(cpu, row.proxiesCpu()),
                    row.bulk() ? "s/GB" : "µs",
                    ratio(row.cpuOfHaproxy()),
                    number(cpu, row.clientCpu()),
                    number(cpu, row.serverCpu()),
                    paced ? number("%.0f", row.rate()) : "-",
                    paced ? number("%.0f", row.p50Micros()) : "-",
                    paced ? number("%.0f", row.p99Micros()) : "-",
                    paced ? number("%.0f", row.p999Micros()) : "-",
                    errors(row.errors(), row.error()));
        }
        return table.toString();
    }

    private String memoryTable() {
        MemoryRow first = memory.getFirst();
        TextTable table = new TextTable(
                "CONTENDER",
                "",
                "IDLE",
                first.pods() + " PODS",
                first.connections() + " CONNECTIONS, CLIENT'S",
                "KiB EACH",
                "SERVER'S",
                "KiB EACH",
                "ERRORS");
        for (MemoryRow row : memory) {
            table.add(
                    row.contender(),
                    "",
                    size(row.idle()),
                    size(row.full()),
                    size(row.client()),
                    number("%.1f", row.clientKibPerConnection()),
                    size(row.server()),
                    number("%.1f", row.serverKibPerConnection()),
                    errors(row.errors(), row.error()));
        }
        return table.toString();
    }

    private static String size(@Nullable Size size) {
        return size == null
                ? "-"
                : "%s (%s)".formatted(number("%.0f", size.residentMiB()), number("%.0f", size.ownMiB()));
    }

    private static String ratio(@Nullable Double value) {
        return value == null ? "-" : number("%.2f", value);
    }

    private static String errors(long number, @Nullable String first) {
        return number == 0 ? "0" : number + " (" + first + ")";
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
