package io.periplus.dataplane.telemetry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * All series of one metric. Look a series up once per connection and keep it; a lookup builds a key. A label with an
 * empty value is the same as an absent one.
 *
 * @param <M> {@link Counter}, {@link Gauge} or {@link Histogram}
 */
public final class Family<M> {
    /** Peers choose some label values; beyond this many series the rest is counted together. */
    static final int SERIES_MAX = 20_000;

    private static final String OVERFLOW = "overflow";

    /** Kinds of metrics as the exposition names them. */
    enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    final String name;
    final String help;
    final Type type;
    final List<String> labels;
    private final Supplier<M> create;
    private final Map<List<String>, M> series = new ConcurrentHashMap<>();

    Family(String name, String help, Type type, List<String> labels, Supplier<M> create) {
        this.name = name;
        this.help = help;
        this.type = type;
        this.labels = List.copyOf(labels);
        this.create = create;
    }

    /**
     * The series with these label values, in the order of the labels.
     *
     * @throws IllegalArgumentException if there are more or fewer values than labels
     */
    public M with(String... values) {
        if (values.length != labels.size()) {
            throw new IllegalArgumentException(
                    "metric " + name + ": " + values.length + " label values (expected: " + labels + ")");
        }
        List<String> key = List.of(values);
        M present = series.get(key);
        if (present != null) {
            return present;
        }
        if (series.size() >= SERIES_MAX) {
            String[] overflow = new String[values.length];
            Arrays.fill(overflow, OVERFLOW);
            key = List.of(overflow);
        }
        return series.computeIfAbsent(key, k -> create.get());
    }

    void forEach(BiConsumer<List<String>, M> action) {
        series.forEach(action);
    }

    boolean isEmpty() {
        return series.isEmpty();
    }
}
