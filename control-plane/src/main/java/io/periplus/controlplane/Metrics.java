package io.periplus.controlplane;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Counters and gauges, written as Prometheus reads them (text exposition format 0.0.4). */
public final class Metrics {
    private final Map<String, Map<String, LongAdder>> counters = new ConcurrentSkipListMap<>();
    private final Map<String, Map<String, DoubleSupplier>> gauges = new ConcurrentSkipListMap<>();

    /**
     * A counter, made on first use.
     *
     * @param labels as they stand in the exposition, {@code type="wds"}; empty for none. Callers keep their number small.
     */
    public LongAdder counter(String name, String labels) {
        return counters.computeIfAbsent(name, n -> new ConcurrentSkipListMap<>())
                .computeIfAbsent(labels, l -> new LongAdder());
    }

    /** Sets what a gauge reads. */
    public void gauge(String name, String labels, DoubleSupplier value) {
        gauges.computeIfAbsent(name, n -> new ConcurrentSkipListMap<>()).put(labels, value);
    }

    /** The text of all of them. */
    public String exposition() {
        StringBuilder text = new StringBuilder();
        counters.forEach((name, byLabels) -> {
            text.append("# TYPE ").append(name).append(" counter\n");
            byLabels.forEach((labels, value) -> line(text, name, labels, String.valueOf(value.sum())));
        });
        gauges.forEach((name, byLabels) -> {
            text.append("# TYPE ").append(name).append(" gauge\n");
            byLabels.forEach((labels, value) -> line(text, name, labels, String.valueOf(value.getAsDouble())));
        });
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String labels, String value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(value).append('\n');
    }
}
