package io.periplus.ztunnel.local;

import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.AuthorizationCompiler;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Workloads, services and policies of one file.
 *
 * @param addresses workloads and services, by resource name
 */
public record LocalMesh(List<Authorization> policies, Map<String, Address> addresses) {
    public LocalMesh {
        policies = List.copyOf(policies);
    }

    /**
     * Reads YAML, or JSON, which is YAML.
     *
     * @throws IllegalArgumentException saying what is wrong, and where
     */
    public static LocalMesh parse(String yaml) {
        Object document;
        try {
            document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("no YAML: " + e.getMessage(), e);
        }
        Entry file = Entry.of(document, "");
        List<Authorization> policies = new ArrayList<>();
        file.entries("policies").forEach(policy -> policies.add(Policies.read(policy)));
        Map<String, Workload> workloads = new LinkedHashMap<>();
        for (Entry entry : file.entries("workloads")) {
            Workload workload = Workloads.read(entry);
            workloads.put(workload.getUid(), workload);
        }
        Map<String, Address> addresses = new LinkedHashMap<>();
        for (Entry entry : file.entries("services")) {
            Service service = Services.read(entry);
            String key = service.getNamespace() + "/" + service.getHostname();
            endpoints(entry, key, workloads);
            addresses.put(key, Address.newBuilder().setService(service).build());
        }
        workloads.forEach((uid, workload) ->
                addresses.put(uid, Address.newBuilder().setWorkload(workload).build()));
        // What a dump holds besides.
        file.done("certificates", "config", "stagedServices", "staticConfig", "version", "workloadState");
        return new LocalMesh(policies, addresses);
    }

    /** A dump tells the ports of an endpoint with the service. */
    private static void endpoints(Entry service, String key, Map<String, Workload> workloads) {
        service.named("endpoints").forEach((uid, endpoint) -> {
            Workload workload = workloads.get(uid);
            Entry ports = endpoint.entry("port");
            if (workload != null && ports != null) {
                PortList own = PortList.newBuilder()
                        .addAllPorts(Addresses.ports(ports.ports()))
                        .build();
                workloads.put(uid, workload.toBuilder().putServices(key, own).build());
            }
        });
    }

    /**
     * Puts all of it where the control plane's would be, policies first.
     *
     * @throws IllegalArgumentException if something of it cannot be used
     */
    public void apply(IndexStore index, PolicyStore store) {
        store.apply(policies.stream().map(AuthorizationCompiler::compile).toList(), List.of());
        Map<String, String> rejected = index.apply(addresses, List.of());
        if (!rejected.isEmpty()) {
            throw new IllegalArgumentException(rejected.toString());
        }
    }
}
