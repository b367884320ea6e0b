package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between the fields of a ServiceEntry. */
final class ServiceEntryRules {
    private ServiceEntryRules() {}

    /** Sentences that begin with the field's path and a colon. */
    static List<String> problems(KubeObject entry) {
        List<String> problems = new ArrayList<>();
        String resolution = entry.text("/spec/resolution");
        JsonNode endpoints = entry.at("/spec/endpoints");
        hosts(entry.at("/spec/hosts"), resolution, problems);
        ports(entry.at("/spec/ports"), problems);
        if (!endpoints.isEmpty() && entry.at("/spec/workloadSelector").isObject()) {
            problems.add("spec.endpoints: set together with workloadSelector; an entry has one or the other");
        }
        if (!endpoints.isEmpty() && (resolution.isEmpty() || resolution.equals("NONE"))) {
            problems.add("spec.endpoints: an entry with resolution NONE passes traffic on to its original address and"
                    + " has no endpoints; set resolution STATIC or DNS");
        }
        if (resolution.equals("DNS_ROUND_ROBIN") && endpoints.size() > 1) {
            problems.add("spec.endpoints: resolution DNS_ROUND_ROBIN takes one endpoint");
        }
        JsonNode addresses = entry.at("/spec/addresses");
        for (int i = 0; i < addresses.size(); i++) {
            boolean block = addresses.get(i).asText().contains("/");
            if (block && (resolution.startsWith("DNS") || resolution.equals("DYNAMIC_DNS"))) {
                problems.add("spec.addresses[" + i + "]: a CIDR block needs resolution NONE or STATIC");
            }
        }
        return problems;
    }

    private static void hosts(JsonNode hosts, String resolution, List<String> problems) {
        for (int i = 0; i < hosts.size(); i++) {
            String host = hosts.get(i).asText();
            if (host.equals("*")) {
                problems.add("spec.hosts[" + i + "]: a bare \"*\" would stand for every host");
            } else if (resolution.equals("DYNAMIC_DNS") && !host.startsWith("*.")) {
                problems.add(
                        "spec.hosts[" + i + "]: resolution DYNAMIC_DNS needs a wildcard host, not \"" + host + "\"");
            }
        }
    }

    private static void ports(JsonNode ports, List<String> problems) {
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            String name = Json.text(ports.get(i), "/name", "");
            String number = Json.text(ports.get(i), "/number", "");
            if (!name.isEmpty() && !names.add(name)) {
                problems.add("spec.ports[" + i + "].name: another port is called \"" + name + "\"");
            }
            if (!number.isEmpty() && !numbers.add(number)) {
                problems.add("spec.ports[" + i + "].number: another port has the number " + number);
            }
        }
    }
}
