package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.text.Json;
import java.util.HashMap;
import java.util.Map;

/** What the addresses in a dump belong to: a service's host name, or a workload as {@code name.namespace}. */
final class AddressNames {
    private final Map<String, String> names = new HashMap<>();

    AddressNames(ConfigDump dump) {
        for (JsonNode workload : dump.root().path("workloads")) {
            String name = Json.text(workload, "/name", "") + "." + Json.text(workload, "/namespace", "");
            workload.path("workloadIps").forEach(ip -> names.put(ip.asText(), name));
        }
        for (JsonNode service : dump.root().path("services")) {
            String host = Json.text(service, "/hostname", "");
            service.path("vips")
                    .forEach(vip ->
                            names.put(vip.asText().substring(vip.asText().indexOf('/') + 1), host));
        }
    }

    /** {@code 10.0.0.7:8080} or {@code [2001:db8::7]:8080} with the name for the address; as it is if that is nobody's. */
    String of(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            return address;
        }
        String ip = address.substring(0, colon);
        String name = names.get(ip.startsWith("[") ? ip.substring(1, ip.length() - 1) : ip);
        return name == null ? address : name + address.substring(colon);
    }
}
