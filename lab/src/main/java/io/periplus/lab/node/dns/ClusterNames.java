package io.periplus.lab.node.dns;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The names of a cluster, as the Kubernetes DNS specification 1.1.0 has them. There is nothing beyond the cluster: any other name
 * does not exist.
 */
public final class ClusterNames {
    /** Following an ExternalName that names another one, and so on, has to end. */
    private static final int MAX_ALIASES = 8;

    private final ObjectStore store;
    private final String zone;
    private final String dnsAddress;

    /** @param zone usually {@code cluster.local} */
    public ClusterNames(ObjectStore store, String zone, String dnsAddress) {
        this.store = store;
        this.zone = zone;
        this.dnsAddress = dnsAddress;
    }

    String zone() {
        return zone;
    }

    /** @param name lower case, without the final dot */
    DnsAnswer answer(String name, int type) {
        if (name.endsWith(".in-addr.arpa")) {
            return reverse(name, type);
        }
        if (name.equals("localhost")) {
            return addresses(name, List.of("127.0.0.1"), type);
        }
        if (name.equals(zone)) {
            return DnsAnswer.NOTHING;
        }
        if (!name.endsWith("." + zone)) {
            return DnsAnswer.UNKNOWN;
        }
        String[] labels = name.substring(0, name.length() - zone.length() - 1).split("\\.");
        int last = labels.length - 1;
        return switch (labels[last]) {
            case "svc" -> services(name, labels, last, type);
            case "pod" -> pods(name, labels, last, type);
            case "dns-version" ->
                last > 0
                        ? DnsAnswer.UNKNOWN
                        : wanted(type, DnsType.TXT)
                                ? DnsAnswer.of(List.of(new DnsRecord.Txt(name, "1.1.0")))
                                : DnsAnswer.NOTHING;
            default -> DnsAnswer.UNKNOWN;
        };
    }

    private DnsAnswer services(String name, String[] labels, int svc, int type) {
        if (svc == 0) {
            return DnsAnswer.NOTHING;
        }
        String namespace = labels[svc - 1];
        if (svc == 1) {
            return namespaceOnly(namespace);
        }
        ObjectNode service = store.get(ResourceType.SERVICE, namespace, labels[svc - 2]);
        if (service == null) {
            return DnsAnswer.UNKNOWN;
        }
        return switch (svc) {
            case 2 -> service(name, service, type);
            case 3 -> ofHost(name, service, labels[0], type);
            case 4 -> ports(name, service, labels[0], labels[1], type);
            default -> DnsAnswer.UNKNOWN;
        };
    }

    private DnsAnswer namespaceOnly(String namespace) {
        return store.get(ResourceType.NAMESPACE, null, namespace) == null ? DnsAnswer.UNKNOWN : DnsAnswer.NOTHING;
    }

    private DnsAnswer service(String name, ObjectNode service, int type) {
        if (Json.text(service, "spec", "type").equals("ExternalName")) {
            return alias(name, service, type);
        }
        if (!isHeadless(service)) {
            return addresses(name, List.of(Json.text(service, "spec", "clusterIP")), type);
        }
        List<String> addresses =
                endpoints(service).stream().map(Endpoint::address).toList();
        return addresses(name, addresses, type);
    }

    private DnsAnswer alias(String name, ObjectNode service, int type) {
        List<DnsRecord> records = new ArrayList<>();
        String owner = name;
        ObjectNode at = service;
        for (int i = 0; i < MAX_ALIASES; i++) {
            String target = Json.text(at, "spec", "externalName")
                    .toLowerCase(java.util.Locale.ROOT)
                    .replaceFirst("\\.$", "");
            records.add(new DnsRecord.Cname(owner, target));
            owner = target;
            String[] labels = target.split("\\.");
            ObjectNode next = target.endsWith(".svc." + zone) && labels.length == zone.split("\\.").length + 3
                    ? store.get(ResourceType.SERVICE, labels[1], labels[0])
                    : null;
            if (next == null || !Json.text(next, "spec", "type").equals("ExternalName")) {
                if (type != DnsType.CNAME) {
                    records.addAll(answer(target, type).records());
                }
                return DnsAnswer.of(records);
            }
            at = next;
        }
        return DnsAnswer.of(records);
    }

    private DnsAnswer ofHost(String name, ObjectNode service, String host, int type) {
        if (host.startsWith("_")) {
            return DnsAnswer.NOTHING;
        }
        if (!isHeadless(service)) {
            return DnsAnswer.UNKNOWN;
        }
        List<String> addresses = endpoints(service).stream()
                .filter(endpoint -> endpoint.host().equals(host))
                .map(Endpoint::address)
                .toList();
        return addresses.isEmpty() ? DnsAnswer.UNKNOWN : addresses(name, addresses, type);
    }

    private DnsAnswer ports(String name, ObjectNode service, String port, String protocol, int type) {
        String fullName = Meta.name(service) + "." + Meta.namespace(service) + ".svc." + zone;
        Predicate<JsonNode> matches = candidate -> port.equals(
                        "_" + candidate.path("name").asText())
                && protocol.equalsIgnoreCase("_" + candidate.path("protocol").asText("TCP"));
        List<DnsRecord> records = new ArrayList<>();
        List<DnsRecord> additional = new ArrayList<>();
        if (isHeadless(service)) {
            for (Endpoint endpoint : endpoints(service)) {
                String target = endpoint.host() + "." + fullName;
                endpoint.ports().forEach(candidate -> {
                    if (matches.test(candidate)) {
                        records.add(
                                new DnsRecord.Srv(name, candidate.path("port").asInt(), target));
                        additional.addAll(addresses(target, List.of(endpoint.address()), DnsType.A)
                                .records());
                    }
                });
            }
        } else {
            Json.at(service, "spec", "ports").forEach(candidate -> {
                if (matches.test(candidate)) {
                    records.add(new DnsRecord.Srv(name, candidate.path("port").asInt(), fullName));
                    additional.addAll(service(fullName, service, DnsType.A).records());
                }
            });
        }
        if (records.isEmpty()) {
            return DnsAnswer.UNKNOWN;
        }
        return wanted(type, DnsType.SRV)
                ? new DnsAnswer(DnsAnswer.NO_ERROR, List.copyOf(records), List.copyOf(additional))
                : DnsAnswer.NOTHING;
    }

    private DnsAnswer pods(String name, String[] labels, int pod, int type) {
        if (pod == 0) {
            return DnsAnswer.NOTHING;
        }
        if (pod == 1) {
            return namespaceOnly(labels[0]);
        }
        String address = labels[0].replace('-', '.');
        if (pod != 2 || !address.matches("\\d{1,3}(\\.\\d{1,3}){3}") || namespaceOnly(labels[1]) == DnsAnswer.UNKNOWN) {
            return DnsAnswer.UNKNOWN;
        }
        return addresses(name, List.of(address), type);
    }

    private DnsAnswer reverse(String name, int type) {
        List<String> parts = List.of(
                name.substring(0, name.length() - ".in-addr.arpa".length()).split("\\."));
        String address = String.join(".", parts.reversed());
        List<DnsRecord> records = new ArrayList<>();
        if (address.equals(dnsAddress)) {
            records.add(new DnsRecord.Ptr(name, "kube-dns.kube-system.svc." + zone));
        }
        for (ObjectNode service : records.isEmpty() ? store.list(ResourceType.SERVICE, null) : List.<ObjectNode>of()) {
            String fullName = Meta.name(service) + "." + Meta.namespace(service) + ".svc." + zone;
            if (Json.text(service, "spec", "clusterIP").equals(address)) {
                records.add(new DnsRecord.Ptr(name, fullName));
            } else if (isHeadless(service)) {
                endpoints(service).stream()
                        .filter(endpoint -> endpoint.address().equals(address))
                        .forEach(endpoint -> records.add(new DnsRecord.Ptr(name, endpoint.host() + "." + fullName)));
            }
        }
        if (records.isEmpty()) {
            return DnsAnswer.UNKNOWN;
        }
        return wanted(type, DnsType.PTR) ? DnsAnswer.of(records) : DnsAnswer.NOTHING;
    }

    private static DnsAnswer addresses(String name, List<String> addresses, int type) {
        if (!wanted(type, DnsType.A)) {
            return DnsAnswer.NOTHING;
        }
        return DnsAnswer.of(addresses.stream()
                .filter(address -> address.contains("."))
                .distinct()
                .map(address ->
                        new DnsRecord.A(name, InetAddress.ofLiteral(address).getAddress()))
                .toList());
    }

    private static boolean wanted(int type, int offered) {
        return type == offered || type == DnsType.ANY;
    }

    private static boolean isHeadless(ObjectNode service) {
        return Json.text(service, "spec", "clusterIP").equals("None");
    }

    private record Endpoint(String address, String host, JsonNode ports) {}

    private List<Endpoint> endpoints(ObjectNode service) {
        boolean unready = Json.at(service, "spec", "publishNotReadyAddresses").asBoolean();
        List<Endpoint> endpoints = new ArrayList<>();
        for (ObjectNode slice : store.list(ResourceType.ENDPOINT_SLICE, Meta.namespace(service))) {
            if (!Json.text(slice, "metadata", "labels", "kubernetes.io/service-name")
                    .equals(Meta.name(service))) {
                continue;
            }
            for (JsonNode endpoint : slice.path("endpoints")) {
                String address = endpoint.path("addresses").path(0).asText("");
                if (address.contains(".")
                        && (unready || endpoint.path("conditions").path("ready").asBoolean(true))) {
                    String host = endpoint.path("hostname").asText("");
                    endpoints.add(new Endpoint(
                            address, host.isEmpty() ? address.replace('.', '-') : host, slice.path("ports")));
                }
            }
        }
        return endpoints;
    }
}
