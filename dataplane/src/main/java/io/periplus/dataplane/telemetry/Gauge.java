package io.periplus.dataplane.telemetry;

import java.util.concurrent.atomic.LongAdder;

/** A number that goes up and down. */
public final class Gauge {
    private final LongAdder value = new LongAdder();

    Gauge() {}

    public void increment() {
        value.increment();
    }

    public void decrement() {
        value.decrement();
    }

    public long value() {
        return value.sum();
    }
}
