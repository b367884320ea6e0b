package io.periplus.dataplane.telemetry;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** How values spread over fixed buckets. Recording allocates nothing. */
public final class Histogram {
    private final double[] bounds;
    private final LongAdder[] buckets;
    private final DoubleAdder sum = new DoubleAdder();

    Histogram(double[] bounds) {
        this.bounds = bounds;
        this.buckets = new LongAdder[bounds.length + 1];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    /** Records a value in the unit that the metric's name says. */
    public void record(double value) {
        int i = 0;
        while (i < bounds.length && value > bounds[i]) {
            i++;
        }
        buckets[i].increment();
        sum.add(value);
    }

    double[] bounds() {
        return bounds;
    }

    double sum() {
        return sum.sum();
    }

    /** How many values fell into the bucket with this index; the last one has no upper bound. */
    long count(int bucket) {
        return buckets[bucket].sum();
    }
}
