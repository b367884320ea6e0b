package io.periplus.waypoint.limit.bucket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One bucket: the time at which it will be full again (GCRA's theoretical arrival time), in nanoseconds since the start of
 * the process. Times in the past all mean the same: full. So a bucket that is full can be forgotten.
 *
 * <pre>
 * full -- take --> in use -- time passes --> full -- retire --> RETIRED, and out of its map
 * </pre>
 */
final class Cell {
    /** Instead of what is left: the bucket has been forgotten meanwhile, look for another. */
    static final long RETIRED = Long.MIN_VALUE;

    private static final long GONE = -1;
    private static final VarHandle FULL_AT;

    static {
        try {
            FULL_AT = MethodHandles.lookup().findVarHandle(Cell.class, "fullAt", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("FieldMayBeFinal") // written through FULL_AT
    private volatile long fullAt;

    /**
     * Takes from the bucket if there is enough in it.
     *
     * @param now never negative
     * @return what is left; if negative, nothing was taken and that much time is missing; or {@link #RETIRED}
     */
    long take(long cost, long tolerance, long now) {
        while (true) {
            long before = fullAt;
            if (before == GONE) {
                return RETIRED;
            }
            long after = Math.max(before, now) + cost;
            long left = tolerance - (after - now);
            if (left < 0 || FULL_AT.compareAndSet(this, before, after)) {
                return left;
            }
        }
    }

    /** Gives back what was taken for a request that was refused elsewhere. */
    void giveBack(long cost) {
        long before;
        do {
            before = fullAt;
        } while (before != GONE && !FULL_AT.compareAndSet(this, before, Math.max(0, before - cost)));
    }

    /** Forgets the bucket if it is full. Whoever retired it takes it out of its map. */
    boolean retire(long now) {
        long before = fullAt;
        return before != GONE && before <= now && FULL_AT.compareAndSet(this, before, GONE);
    }
}
