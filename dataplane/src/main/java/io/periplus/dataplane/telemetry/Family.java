package io.periplus.dataplane.telemetry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * All series of one metric. Look a series up once per connection and keep it; a lookup builds a key. A label with an
 * empty value is the same as an absent one.
 *
 * @param <M> {@link Counter}, {@link Gauge} or {@link Histogram}
 */
public final class Family<M> {
    /**
     * Peers choose some label values, and no series is ever dropped; beyond this many the rest is counted together. The five
     * families of a proxy's TCP connections take 1.4 kB a series together: 14 MB of a heap of 64. A node's hundred pods with a hundred
     * peers each still have a series of their own.
     */
    static final int SERIES_MAX = 10_000;

    /** Characters of label values in one family, which are 350 a series as a rule: longer ones leave room for fewer. */
    static final int VALUE_CHARS_MAX = SERIES_MAX * 400;

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
    private final AtomicInteger valueChars = new AtomicInteger();

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
        int chars = 0;
        for (String value : values) {
            chars += value.length();
        }
        if (series.size() >= SERIES_MAX || valueChars.get() + chars > VALUE_CHARS_MAX) {
            String[] overflow = new String[values.length];
            Arrays.fill(overflow, OVERFLOW);
            return series.computeIfAbsent(List.of(overflow), _ -> create.get());
        }
        int added = chars;
        return series.computeIfAbsent(key, _ -> {
            valueChars.addAndGet(added);
            return create.get();
        });
    }

    int size() {
        return series.size();
    }

    void forEach(BiConsumer<List<String>, M> action) {
        series.forEach(action);
    }

    boolean isEmpty() {
        return series.isEmpty();
    }
}
