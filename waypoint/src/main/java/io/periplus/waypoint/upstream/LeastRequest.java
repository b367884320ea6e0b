package io.periplus.waypoint.upstream;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.EndpointChooser;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.Upstream;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the endpoint of a request: of two random ones, the one with fewer requests in progress on this event loop. The
 * loops do not compare their counts; each sees a fair sample of the whole.
 */
public final class LeastRequest {
    /** How often an endpoint is drawn that cannot be reached from here. */
    private static final int DRAWS_MAX = 5;

    private final EndpointChooser chooser;
    private final Workload self;
    private final Map<Backend, Integer> inProgress = new HashMap<>();

    /** @param self this waypoint, whose place decides what is near */
    public LeastRequest(EndpointChooser chooser, Workload self) {
        this.chooser = chooser;
        this.self = self;
    }

    /**
     * An endpoint of a service's port.
     *
     * @param destination the address that the client used, whose family is preferred
     * @param tried uids of workloads that were tried in vain; used again if there is no other
     * @return null if no endpoint is usable
     */
    public @Nullable Backend choose(ServiceEntry service, int port, IpAddress destination, Set<String> tried) {
        Backend first = draw(service, port, destination, tried);
        if (first == null || service.endpoints().size() < 2) {
            return first;
        }
        Backend second = draw(service, port, destination, tried);
        return second == null || load(first) <= load(second) ? first : second;
    }

    /** The endpoint with this uid, null if it is not usable. */
    public @Nullable Backend endpoint(ServiceEntry service, int port, IpAddress destination, String uid) {
        Set<String> others = new HashSet<>();
        for (Endpoint endpoint : service.endpoints()) {
            if (!endpoint.workload().getUid().equals(uid)) {
                others.add(endpoint.workload().getUid());
            }
        }
        Backend drawn = others.size() == service.endpoints().size() ? null : draw(service, port, destination, others);
        return drawn != null && drawn.workload().getUid().equals(uid) ? drawn : null;
    }

    private @Nullable Backend draw(ServiceEntry service, int port, IpAddress destination, Set<String> tried) {
        Set<String> avoid = tried;
        for (int i = 0; i < DRAWS_MAX; i++) {
            Upstream drawn = chooser.choose(service, port, self, destination, EndpointChooser.Purpose.SERVICE, avoid);
            if (drawn == null) {
                return null;
            }
            IpAddress address = drawn.address();
            if (address != null && !drawn.isRemoteTo(self.getNetwork())) {
                return backend(drawn.workload(), address, drawn.port());
            }
            avoid = new HashSet<>(avoid);
            avoid.add(drawn.workload().getUid());
        }
        return null;
    }

    /** A workload that the client addressed itself. */
    public Backend direct(Workload workload, IpAddress address, int port) {
        return backend(workload, address, port);
    }

    private static Backend backend(Workload workload, IpAddress address, int port) {
        return new Backend(
                workload,
                new InetSocketAddress(address.toInetAddress(), port),
                workload.getTunnelProtocol() == TunnelProtocol.HBONE);
    }

    private int load(Backend backend) {
        return inProgress.getOrDefault(backend, 0);
    }

    /** All requests in progress. */
    public int inProgress() {
        return inProgress.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** A request goes there. */
    public void begin(Backend backend) {
        inProgress.merge(backend, 1, Integer::sum);
    }

    /** It has ended. */
    public void end(Backend backend) {
        inProgress.computeIfPresent(backend, (key, count) -> count > 1 ? count - 1 : null);
    }
}
