package io.periplus.dataplane.telemetry;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/** The metrics of a process and their text form. Families are made once, at start. */
public final class MetricsRegistry {
    /** A gauge that is computed when somebody asks. */
    record Computed(String name, String help, DoubleSupplier value) {}

    private final List<Family<?>> families = new CopyOnWriteArrayList<>();
    private final List<Computed> computed = new CopyOnWriteArrayList<>();

    /** A family of counters; {@code name} as shown, ending in {@code _total}. */
    public Family<Counter> counter(String name, String help, String... labels) {
        if (!name.endsWith("_total")) {
            throw new IllegalArgumentException("counter " + name + " (expected: a name that ends in _total)");
        }
        String family = name.substring(0, name.length() - "_total".length());
        return added(new Family<>(family, help, Family.Type.COUNTER, List.of(labels), Counter::new));
    }

    /** A family of gauges. */
    public Family<Gauge> gauge(String name, String help, String... labels) {
        return added(new Family<>(name, help, Family.Type.GAUGE, List.of(labels), Gauge::new));
    }

    /** A gauge without labels whose value is asked for at each exposition. */
    public void gauge(String name, String help, DoubleSupplier value) {
        computed.add(new Computed(name, help, value));
    }

    /** A family of histograms with these upper bounds, ascending; one without bound is added. */
    public Family<Histogram> histogram(String name, String help, double[] bounds, String... labels) {
        double[] own = bounds.clone();
        return added(new Family<>(name, help, Family.Type.HISTOGRAM, List.of(labels), () -> new Histogram(own)));
    }

    /**
     * What there is, whether it has samples or not.
     *
     * @param name as shown
     * @param type {@code counter}, {@code gauge} or {@code histogram}
     */
    public record Description(String name, String type, List<String> labels, String help) {}

    /** Describes every metric, in the order of the exposition. */
    public List<Description> describe() {
        List<Description> all = new ArrayList<>();
        families.forEach(family -> all.add(new Description(
                family.type == Family.Type.COUNTER ? family.name + "_total" : family.name,
                family.type.name().toLowerCase(Locale.ROOT),
                family.labels,
                family.help)));
        computed.forEach(gauge -> all.add(new Description(gauge.name(), "gauge", List.of(), gauge.help())));
        return all;
    }

    /** How many series there are now. */
    public int series() {
        return computed.size() + families.stream().mapToInt(Family::size).sum();
    }

    /** Writes everything in OpenMetrics text format, which Prometheus' older text format can be read as, too. */
    public void expose(Appendable to) throws IOException {
        Exposition exposition = new Exposition(to);
        for (Family<?> family : families) {
            exposition.family(family);
        }
        for (Computed gauge : computed) {
            exposition.computed(gauge);
        }
        exposition.end();
    }

    private <M> Family<M> added(Family<M> family) {
        if (families.stream().anyMatch(present -> present.name.equals(family.name))) {
            throw new IllegalArgumentException("metric " + family.name + " is registered already");
        }
        families.add(family);
        return family;
    }
}
