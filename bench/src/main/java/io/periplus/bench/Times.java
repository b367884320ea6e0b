package io.periplus.bench;

/**
 * How long things take.
 *
 * @param warmUpRequests before a proxy is measured for the first time: compilers need them, however busy the machine is
 * @param settleMillis of load before each measurement
 * @param cellMillis of one measurement
 * @param rounds of each measurement at saturation; the contenders take turns
 */
public record Times(long warmUpRequests, long settleMillis, long cellMillis, int rounds) {
    /** For {@code seconds} measured per cell. */
    public static Times ofSeconds(double seconds) {
        return new Times(60_000, 300, Math.round(seconds * 1000 / 2), 2);
    }

    /** The same time in more or fewer rounds: many short ones share what disturbs the machine more evenly. */
    public Times withRounds(int number) {
        return new Times(warmUpRequests, settleMillis, cellMillis * rounds / number, number);
    }

    /** Whether figures mean nothing. */
    public boolean isQuick() {
        return equals(quick());
    }

    /** As short as can be: shows that everything works; figures mean nothing. */
    public static Times quick() {
        return new Times(100, 50, 200, 1);
    }
}
