package io.periplus.bench;

/**
 * How long things take.
 *
 * @param warmUpMillis of load before a proxy is measured for the first time: compilers need it
 * @param settleMillis of load before each measurement
 * @param cellMillis of one measurement
 * @param rounds of each measurement at saturation; the contenders take turns
 */
public record Times(long warmUpMillis, long settleMillis, long cellMillis, int rounds) {
    /** For {@code seconds} measured per cell. */
    public static Times ofSeconds(double seconds) {
        return new Times(6_000, 300, Math.round(seconds * 1000 / 2), 2);
    }

    /** As short as can be: shows that everything works; figures mean nothing. */
    public static Times quick() {
        return new Times(200, 50, 200, 1);
    }
}
