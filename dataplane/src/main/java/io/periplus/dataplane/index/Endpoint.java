package io.periplus.dataplane.index;

import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.List;

/**
 * A workload as one instance of a service.
 *
 * @param ports the workload's own mapping of service ports; may lack ports, then the service's target port counts
 */
public record Endpoint(Workload workload, List<Port> ports) {
    /** Returned by {@link #targetPort} when this endpoint does not serve the port. */
    public static final int NO_PORT = 0;

    /** The port that this endpoint serves {@code servicePort} on, or {@link #NO_PORT}. */
    public int targetPort(Service service, int servicePort) {
        for (int i = 0; i < ports.size(); i++) {
            Port port = ports.get(i);
            if (port.getServicePort() == servicePort && port.getTargetPort() > 0) {
                return port.getTargetPort();
            }
        }
        List<Port> declared = service.getPortsList();
        for (int i = 0; i < declared.size(); i++) {
            Port port = declared.get(i);
            if (port.getServicePort() == servicePort && port.getTargetPort() > 0) {
                return port.getTargetPort();
            }
        }
        boolean tunnelled = workload.hasApplicationTunnel()
                && workload.getApplicationTunnel().getPort() > 0;
        return tunnelled ? servicePort : NO_PORT;
    }
}
