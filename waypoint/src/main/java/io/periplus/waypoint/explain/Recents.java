package io.periplus.waypoint.explain;

import io.netty.util.concurrent.FastThreadLocal;
import io.periplus.api.why.Seen;
import io.periplus.dataplane.explain.Ring;
import io.periplus.waypoint.telemetry.ConnectionReport;
import io.periplus.waypoint.telemetry.RequestReport;
import io.periplus.waypoint.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;

/**
 * Remembers the last requests and connections of each event loop, and the last refused ones apart, so that they do not drown
 * among the others. Nothing is shared between loops and nothing is allocated for a request.
 */
public final class Recents implements Telemetry {
    /** Of either kind and loop: about what people scroll through, and less than 100 kB. */
    private static final int SIZE = 128;

    private record OfLoop(Ring<SeenSlot> all, Ring<SeenSlot> refused) {}

    private final FastThreadLocal<OfLoop> ofLoop = new FastThreadLocal<>() {
        @Override
        protected OfLoop initialValue() {
            return new OfLoop(new Ring<>(SIZE, SeenSlot::new), new Ring<>(SIZE, SeenSlot::new));
        }
    };

    @Override
    public void ended(RequestReport report) {
        OfLoop own = ofLoop.get();
        own.all.claim().fill(report);
        if (SeenSlot.isRefused(report)) {
            own.refused.claim().fill(report);
        }
    }

    @Override
    public void opened(ConnectionReport report) {
        // Told when it ends: until then nothing is known of how.
    }

    @Override
    public void moved(ConnectionReport report, long received, long sent) {
        // Nobody asks how much.
    }

    @Override
    public void ended(ConnectionReport report) {
        OfLoop own = ofLoop.get();
        own.all.claim().fill(report);
        if (SeenSlot.isRefused(report)) {
            own.refused.claim().fill(report);
        }
    }

    /** What the calling event loop remembers, in no particular order; a refused one may be there twice. */
    public List<Seen> ofThisLoop() {
        List<Seen> seen = new ArrayList<>();
        ofLoop.get().all.forEach(slot -> seen.add(slot.told()));
        ofLoop.get().refused.forEach(slot -> seen.add(slot.told()));
        return seen;
    }
}
