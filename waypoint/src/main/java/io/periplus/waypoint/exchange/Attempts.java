package io.periplus.waypoint.exchange;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.HttpRequestAttributes;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.upstream.Backend;
import io.periplus.waypoint.upstream.LeastRequest;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The endpoints that one request is tried at: which is next, whether it may be used, and when to stop. */
final class Attempts {
    /** The base of the pause before a retry at an endpoint that was tried already. */
    private static final int BACKOFF_MS = 25;

    private final LeastRequest balancer;
    private final MeshSnapshot mesh;
    private final ClientConnection connection;
    private Set<String> tried = Set.of();
    private @Nullable Backend current;
    private @Nullable String preferred;
    private int retries;

    Attempts(LeastRequest balancer, MeshSnapshot mesh, ClientConnection connection) {
        this.balancer = balancer;
        this.mesh = mesh;
        this.connection = connection;
    }

    /** The workload uid of the endpoint that a session belongs to: it is chosen while it can be. */
    void prefer(@Nullable String uid) {
        preferred = uid;
    }

    /** The endpoint to try now, null if there is none. */
    @Nullable
    Backend choose(Destination destination) {
        return switch (destination) {
            case Destination.OfService service -> {
                ServiceEntry entry = mesh.index().service(service.key());
                if (entry == null) {
                    yield null;
                }
                Backend own = preferred == null || tried.contains(preferred)
                        ? null
                        : balancer.endpoint(entry, service.port(), service.address(), preferred);
                yield own != null ? own : balancer.choose(entry, service.port(), service.address(), tried);
            }
            case Destination.OfWorkload workload ->
                balancer.direct(workload.workload(), workload.address(), workload.port());
            case Destination.OfListener listener -> null;
        };
    }

    /** Policies without a target speak of the workload that they protect: its address, its port. */
    Decision judge(Backend chosen, RequestHead head) {
        ConnectionAttributes hop = new ConnectionAttributes(
                connection.peer(),
                connection.attributes().source(),
                IpAddress.of(chosen.address().getAddress()),
                chosen.address().getPort());
        return mesh.policies()
                .authorizeWorkload(chosen.workload(), new HttpRequestAttributes(hop, new HeadAttributes(head)));
    }

    /** The request goes there. */
    void begin(Backend chosen) {
        current = chosen;
        balancer.begin(chosen);
    }

    /** The endpoint has done its part. */
    void end() {
        Backend used = current;
        current = null;
        if (used != null) {
            balancer.end(used);
        }
    }

    /** The endpoint failed: others come first from now on. */
    void endInVain() {
        Backend used = current;
        end();
        if (used != null) {
            Set<String> all = new HashSet<>(tried);
            all.add(used.workload().getUid());
            tried = all;
        }
    }

    boolean retried() {
        return retries > 0;
    }

    /**
     * Whether another attempt is left; takes it.
     *
     * @param most attempts after the first
     */
    boolean takeRetry(int most) {
        return retries++ < most;
    }

    /** How long to wait before the attempt that was taken: not at all where an endpoint is left that was not tried. */
    int pauseMillis(Destination destination) {
        ServiceEntry service =
                destination instanceof Destination.OfService of ? mesh.index().service(of.key()) : null;
        boolean elsewhere = service != null && service.endpoints().size() > tried.size();
        return elsewhere ? 0 : ThreadLocalRandom.current().nextInt(BACKOFF_MS << retries);
    }
}
