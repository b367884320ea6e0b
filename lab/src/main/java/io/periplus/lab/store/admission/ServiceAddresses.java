package io.periplus.lab.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ClusterConfig;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cluster IPs, node ports and load balancer addresses of Services. Used under the store's commit lock only, so that
 * no address is given twice.
 */
public final class ServiceAddresses {
    private static final int NODE_PORT_MIN = 30_000;
    private static final int NODE_PORT_MAX = 32_767;
    /** {@code kubernetes} and the cluster DNS have fixed addresses among the first. */
    private static final int RESERVED = 16;

    private final ClusterConfig config;
    private final AddressRange clusterIps;
    private final AddressRange loadBalancers;
    private final BitSet nodePorts = new BitSet();

    /** @param services those there are already */
    public ServiceAddresses(ClusterConfig config, List<ObjectNode> services) {
        this.config = config;
        clusterIps = new AddressRange(config.serviceCidr(), RESERVED);
        loadBalancers = new AddressRange(config.loadBalancerCidr(), 0);
        for (ObjectNode service : services) {
            clusterIp(service).ifPresent(clusterIps::take);
            loadBalancerIps(service).forEach(loadBalancers::take);
            ports(service).forEach(nodePorts::set);
        }
    }

    private Optional<String> clusterIp(ObjectNode service) {
        String address = Json.text(service, "spec", "clusterIP");
        return address.isEmpty() || address.equals("None") || !clusterIps.contains(address)
                ? Optional.empty()
                : Optional.of(address);
    }

    private List<String> loadBalancerIps(ObjectNode service) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode ingress : Json.at(service, "status", "loadBalancer", "ingress")) {
            String address = Json.text(ingress, "ip");
            if (!address.isEmpty() && loadBalancers.contains(address)) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private static List<Integer> ports(ObjectNode service) {
        List<Integer> ports = new ArrayList<>();
        service.path("spec").path("ports").forEach(port -> {
            int nodePort = port.path("nodePort").asInt();
            if (nodePort > 0) {
                ports.add(nodePort);
            }
        });
        return ports;
    }

    /** Completes a Service that is about to be written; does nothing with other types. */
    public void allocate(ResourceType type, @Nullable ObjectNode before, ObjectNode after, boolean dryRun) {
        if (!type.equals(ResourceType.SERVICE)) {
            return;
        }
        ObjectNode spec = Json.ensureObject(after, "spec");
        String kind = Json.text(spec, "type");
        clusterIp(before, after, spec, kind, dryRun);
        nodePorts(before, after, spec, kind, dryRun);
        if (!dryRun) {
            loadBalancer(before, after, kind);
        }
    }

    private void clusterIp(
            @Nullable ObjectNode before, ObjectNode after, ObjectNode spec, String kind, boolean dryRun) {
        String old = before == null ? "" : Json.text(before, "spec", "clusterIP");
        if (kind.equals("ExternalName")) {
            if (clusterIps.contains(old.isEmpty() || old.equals("None") ? "0.0.0.0" : old) && !dryRun) {
                clusterIps.release(old);
            }
            spec.remove(List.of("clusterIP", "clusterIPs"));
            return;
        }
        String wanted = Json.text(spec, "clusterIP");
        if (wanted.isEmpty()) {
            wanted = spec.path("clusterIPs").isEmpty()
                    ? old
                    : spec.path("clusterIPs").get(0).asText();
        }
        if (!old.isEmpty() && !wanted.equals(old)) {
            throw invalid(after, "spec.clusterIPs[0]", "Invalid value: [\"" + wanted + "\"]: may not change once set");
        }
        if (wanted.isEmpty()) {
            wanted = clusterIps.next();
            if (dryRun) {
                clusterIps.release(wanted);
            }
        } else if (!wanted.equals("None") && old.isEmpty()) {
            takeClusterIp(after, wanted, dryRun);
        }
        spec.put("clusterIP", wanted);
        spec.set("clusterIPs", Json.array().add(wanted));
    }

    private void takeClusterIp(ObjectNode service, String wanted, boolean dryRun) {
        try {
            if (!clusterIps.contains(wanted)) {
                throw invalid(
                        service,
                        "spec.clusterIPs",
                        "Invalid value: [\"" + wanted + "\"]: failed to allocate IP " + wanted
                                + ": the provided IP (" + wanted + ") is not in the valid range. The range of valid"
                                + " IPs is " + config.serviceCidr());
            }
        } catch (IllegalArgumentException e) {
            throw invalid(
                    service,
                    "spec.clusterIPs[0]",
                    "Invalid value: \"" + wanted + "\": must be a valid IP address, (e.g. 10.9.8.7)");
        }
        if (!clusterIps.take(wanted)) {
            throw invalid(
                    service,
                    "spec.clusterIPs",
                    "Invalid value: [\"" + wanted + "\"]: failed to allocate IP " + wanted
                            + ": provided IP is already allocated");
        }
        if (dryRun) {
            clusterIps.release(wanted);
        }
    }

    private void nodePorts(
            @Nullable ObjectNode before, ObjectNode after, ObjectNode spec, String kind, boolean dryRun) {
        boolean wanted = kind.equals("NodePort")
                || kind.equals("LoadBalancer")
                        && spec.path("allocateLoadBalancerNodePorts").asBoolean(true);
        List<Integer> old = before == null ? List.of() : ports(before);
        List<Integer> kept = new ArrayList<>();
        for (ObjectNode port : Json.objects(spec.path("ports"))) {
            if (!wanted) {
                port.remove("nodePort");
                continue;
            }
            int number = port.path("nodePort").asInt();
            if (number == 0) {
                number = sameOldPort(before, port);
            }
            if (number == 0) {
                number = nodePorts.nextClearBit(NODE_PORT_MIN);
            } else if (!old.contains(number) && nodePorts.get(number)) {
                throw invalid(
                        after,
                        "spec.ports[0].nodePort",
                        "Invalid value: " + number + ": provided port is already allocated");
            }
            if (number < NODE_PORT_MIN || number > NODE_PORT_MAX) {
                throw invalid(
                        after,
                        "spec.ports[0].nodePort",
                        "Invalid value: " + number + ": provided port is not in the valid range. The range of valid"
                                + " ports is " + NODE_PORT_MIN + "-" + NODE_PORT_MAX);
            }
            port.put("nodePort", number);
            kept.add(number);
            nodePorts.set(number);
        }
        if (dryRun) {
            kept.stream().filter(number -> !old.contains(number)).forEach(nodePorts::clear);
        } else {
            old.stream().filter(number -> !kept.contains(number)).forEach(nodePorts::clear);
        }
    }

    /** A client that writes the Service anew without node ports keeps those it had. */
    private static int sameOldPort(@Nullable ObjectNode before, ObjectNode port) {
        if (before != null) {
            for (JsonNode old : before.path("spec").path("ports")) {
                if (old.path("port").equals(port.path("port"))
                        && Json.text(old, "protocol").equals(Json.text(port, "protocol"))) {
                    return old.path("nodePort").asInt();
                }
            }
        }
        return 0;
    }

    private void loadBalancer(@Nullable ObjectNode before, ObjectNode after, String kind) {
        List<String> had = before == null ? List.of() : loadBalancerIps(before);
        boolean ours = kind.equals("LoadBalancer")
                && Json.text(after, "spec", "loadBalancerClass").isEmpty();
        ObjectNode status = Json.ensureObject(after, "status");
        if (!ours) {
            had.forEach(loadBalancers::release);
            if (!had.isEmpty()) {
                status.putObject("loadBalancer");
            }
        } else if (loadBalancerIps(after).isEmpty()) {
            String wanted = Json.text(after, "spec", "loadBalancerIP");
            boolean free = !wanted.isEmpty() && loadBalancers.contains(wanted) && loadBalancers.take(wanted);
            // An address of another range is from a time when this lab had that range.
            String address = !had.isEmpty() ? had.getFirst() : free ? wanted : loadBalancers.next();
            Json.ensureObject(status, "loadBalancer")
                    .putArray("ingress")
                    .addObject()
                    .put("ip", address)
                    .put("ipMode", "VIP");
        }
    }

    /** Frees what a removed Service had. */
    public void release(ResourceType type, ObjectNode service) {
        if (type.equals(ResourceType.SERVICE)) {
            clusterIp(service).ifPresent(clusterIps::release);
            loadBalancerIps(service).forEach(loadBalancers::release);
            ports(service).forEach(nodePorts::clear);
        }
    }

    private static ApiException invalid(ObjectNode service, String field, String message) {
        return ApiException.invalid(
                ResourceType.SERVICE,
                Meta.name(service),
                List.of(new ApiException.Cause("FieldValueInvalid", message, field)));
    }
}
