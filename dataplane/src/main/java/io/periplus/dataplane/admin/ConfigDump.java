package io.periplus.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.identity.CertificateState;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.wire.workload.Workload;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a proxy knows, as {@code /config_dump} tells it and {@code istioctl ztunnel-config} reads it. */
public final class ConfigDump {
    private ConfigDump() {}

    /**
     * Workloads, services, policies and certificates. The caller adds what is its own: {@code config},
     * {@code workloadState}.
     *
     * @param version of this build
     */
    public static ObjectNode of(
            WorkloadIndex index, PolicySet policies, Collection<CertificateState> certificates, String version) {
        ObjectNode dump = JsonNodeFactory.instance.objectNode();
        workloads(index, dump.putArray("workloads"));
        services(index, dump.putArray("services"));
        policies(policies, dump.putArray("policies"));
        SortedMap<String, List<String>> staged = new TreeMap<>();
        index.forEachStaged(staged::put);
        ObjectNode stagedServices = dump.putObject("stagedServices");
        staged.forEach((service, uids) -> uids.stream().sorted().forEach(stagedServices.putArray(service)::add));
        dump.set("staticConfig", staticConfig(WorkloadIndex.empty(), PolicySet.empty()));
        dump.putObject("version").put("version", version);
        dump.putObject("config");
        ArrayNode held = dump.putArray("certificates");
        certificates.stream()
                .sorted(Comparator.comparing(state -> state.identity().toString()))
                .forEach(state -> held.add(CertificateJson.of(state)));
        dump.putObject("workloadState");
        return dump;
    }

    /** What the proxy has from a file instead of a control plane. */
    public static ObjectNode staticConfig(WorkloadIndex index, PolicySet policies) {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        workloads(index, config.putArray("workloads"));
        policies(policies, config.putArray("policies"));
        services(index, config.putArray("services"));
        return config;
    }

    private static void workloads(WorkloadIndex index, ArrayNode to) {
        SortedMap<String, Workload> sorted = new TreeMap<>();
        index.forEachWorkload(workload -> sorted.put(workload.getUid(), workload));
        sorted.values().forEach(workload -> to.add(WorkloadJson.of(workload)));
    }

    private static void services(WorkloadIndex index, ArrayNode to) {
        SortedMap<String, ServiceEntry> sorted = new TreeMap<>();
        index.forEachService(service -> sorted.put(service.service().getHostname() + " " + service.key(), service));
        sorted.values().forEach(service -> to.add(ServiceJson.of(service)));
    }

    private static void policies(PolicySet policies, ArrayNode to) {
        for (Map.Entry<String, CompiledPolicy> policy : new TreeMap<>(policies.policies()).entrySet()) {
            to.add(PolicyJson.of(policy.getValue()));
        }
    }
}
