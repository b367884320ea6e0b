package io.periplus.bench.plain;

import io.periplus.bench.load.Generator.Measured;
import io.periplus.bench.load.LoadResult;
import org.jspecify.annotations.Nullable;

/** One proxy's rounds at saturation, added up. */
final class Sums {
    private double requests;
    private double seconds;
    private double proxyCpu;
    private double backendCpu;
    private double generatorCpu;
    private long errors;
    private @Nullable String error;

    /** @param measured with the proxy and the backend watched, in this order */
    void add(Measured measured) {
        requests += measured.load().completed();
        seconds += measured.load().seconds();
        proxyCpu += measured.cpuSeconds().get(0);
        backendCpu += measured.cpuSeconds().get(1);
        generatorCpu += measured.load().generatorCpuSeconds();
        note(measured.load());
    }

    /** Notes the errors alone. */
    void note(LoadResult load) {
        errors += load.errors();
        error = error == null ? load.error() : error;
    }

    double requestsPerSecond() {
        return requests / seconds;
    }

    double cpuMicros() {
        return requests == 0 ? 0 : proxyCpu / requests * 1e6;
    }

    /** Requests per second of the proxy's CPU. */
    double perCore() {
        return proxyCpu == 0 ? 0 : requests / proxyCpu;
    }

    double proxyBusy() {
        return proxyCpu / seconds;
    }

    double generatorBusy() {
        return generatorCpu / seconds;
    }

    double backendBusy() {
        return backendCpu / seconds;
    }

    long errors() {
        return errors;
    }

    @Nullable
    String error() {
        return error;
    }
}
