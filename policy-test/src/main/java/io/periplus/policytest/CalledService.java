package io.periplus.policytest;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.model.AmbientIndex;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.model.workload.WorkloadInfo;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The service that a case calls.
 *
 * @param endpoints never empty
 */
record CalledService(ServiceInfo service, int port, List<WorkloadInfo> endpoints) {
    /** The address of what has none. */
    static final IpAddress NOWHERE = IpAddress.parse("0.0.0.0");

    /** @throws UnreadableException if the files do not have it */
    static CalledService of(AmbientIndex index, Case given) {
        ServiceInfo service = serviceOf(index, given);
        List<WorkloadInfo> endpoints = endpointsOf(index, service);
        if (endpoints.isEmpty()) {
            throw new UnreadableException(given.where() + ": service " + service.resourceName()
                    + " selects nothing: add its workload, or a selector");
        }
        return new CalledService(service, portOf(given, service.message()), endpoints);
    }

    private static ServiceInfo serviceOf(AmbientIndex index, Case given) {
        return Stream.concat(
                        index.services.entries().values().stream(), index.entryServices.entries().values().stream())
                .filter(service -> isNamed(service.message(), given.service()))
                .findFirst()
                .orElseThrow(
                        () -> new UnreadableException(given.where() + ": no Service or ServiceEntry in the files is \""
                                + given.service() + "\" (expected: <name>.<namespace> or a full host name)"));
    }

    private static boolean isNamed(Service service, String name) {
        return service.getHostname().equals(name)
                || (service.getName() + "." + service.getNamespace()).equals(name)
                || (service.getName() + "." + service.getNamespace() + ".svc").equals(name);
    }

    private static int portOf(Case given, Service service) {
        if (given.port() == 0 && service.getPortsCount() == 1) {
            return service.getPorts(0).getServicePort();
        }
        if (service.getPortsList().stream().noneMatch(port -> port.getServicePort() == given.port())) {
            throw new UnreadableException(given.where() + ": to.port " + given.port() + " is none of service "
                    + service.getHostname() + " ("
                    + service.getPortsList().stream().map(Port::getServicePort).toList() + ")");
        }
        return given.port();
    }

    private static List<WorkloadInfo> endpointsOf(AmbientIndex index, ServiceInfo service) {
        return Stream.of(
                        index.podWorkloads.entries().values().stream(),
                        index.entryWorkloads.entries().values().stream(),
                        index.entryEndpoints.entries().values().stream())
                .flatMap(workloads -> workloads)
                .filter(workload -> workload.forZtunnel().containsServices(service.resourceName()))
                .sorted(Comparator.comparing(WorkloadInfo::uid))
                .toList();
    }

    /** What its waypoint takes it for. */
    Destination destination() {
        Service to = service.message();
        return new Destination.OfService(
                service.resourceName(),
                to.getNamespace(),
                to.getHostname(),
                to.getName(),
                to.getAddressesCount() == 0
                        ? NOWHERE
                        : IpAddress.ofBytes(to.getAddresses(0).getAddress()),
                port,
                protocol());
    }

    private AppProtocol protocol() {
        return service.message().getPortsList().stream()
                .filter(each -> each.getServicePort() == port)
                .findFirst()
                .map(Port::getAppProtocol)
                .orElse(AppProtocol.UNKNOWN);
    }

    /** The port that an endpoint listens on. */
    int targetPort(Workload endpoint) {
        PortList ports = endpoint.getServicesOrDefault(service.resourceName(), PortList.getDefaultInstance());
        int target = new Endpoint(endpoint, ports.getPortsList()).targetPort(service.message(), port);
        return target == Endpoint.NO_PORT ? port : target;
    }
}
