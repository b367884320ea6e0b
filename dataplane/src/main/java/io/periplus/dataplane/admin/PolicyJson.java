package io.periplus.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Address;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.ServiceAccountMatch;
import io.periplus.wire.authorization.StringMatch;
import java.util.List;

/** A policy in the dump's names: rules of clauses of matches. */
final class PolicyJson {
    private PolicyJson() {}

    static ObjectNode of(CompiledPolicy policy) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", policy.name());
        json.put("namespace", policy.namespace());
        if (policy.source() instanceof Authorization l4) {
            json.put("scope", scope(l4.getScope()));
            json.put("action", l4.getAction() == Action.DENY ? "Deny" : "Allow");
            rules(l4, json.putArray("rules"));
        } else {
            json.setAll(ProtoJson.of(policy.source()));
            json.put("action", policy.action().name());
        }
        json.put("dryRun", policy.dryRun());
        String why = policy.unreadable();
        if (why != null) {
            json.put("unreadable", why);
        }
        return json;
    }

    private static String scope(Scope scope) {
        return switch (scope) {
            case GLOBAL -> "Global";
            case NAMESPACE -> "Namespace";
            case WORKLOAD_SELECTOR -> "WorkloadSelector";
            case UNRECOGNIZED -> "Unknown";
        };
    }

    private static void rules(Authorization policy, ArrayNode to) {
        for (Group group : policy.getGroupsList()) {
            ArrayNode clauses = to.addArray();
            for (Rules rules : group.getRulesList()) {
                ArrayNode matches = clauses.addArray();
                rules.getMatchesList().forEach(match -> matches.add(match(match)));
            }
        }
    }

    private static ObjectNode match(Match match) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        strings(json, "namespaces", match.getNamespacesList());
        strings(json, "notNamespaces", match.getNotNamespacesList());
        accounts(json, "serviceAccounts", match.getServiceAccountsList());
        accounts(json, "notServiceAccounts", match.getNotServiceAccountsList());
        strings(json, "principals", match.getPrincipalsList());
        strings(json, "notPrincipals", match.getNotPrincipalsList());
        blocks(json, "sourceIps", match.getSourceIpsList());
        blocks(json, "notSourceIps", match.getNotSourceIpsList());
        blocks(json, "destinationIps", match.getDestinationIpsList());
        blocks(json, "notDestinationIps", match.getNotDestinationIpsList());
        ports(json, "destinationPorts", match.getDestinationPortsList());
        ports(json, "notDestinationPorts", match.getNotDestinationPortsList());
        return json;
    }

    private static void strings(ObjectNode json, String name, List<StringMatch> values) {
        if (values.isEmpty()) {
            return;
        }
        ArrayNode array = json.putArray(name);
        for (StringMatch value : values) {
            ObjectNode one = array.addObject();
            switch (value.getMatchTypeCase()) {
                case EXACT -> one.put("Exact", value.getExact());
                case PREFIX -> one.put("Prefix", value.getPrefix());
                case SUFFIX -> one.put("Suffix", value.getSuffix());
                case PRESENCE -> one.putArray("Presence");
                case MATCHTYPE_NOT_SET -> one.put("Unknown", "");
            }
        }
    }

    private static void accounts(ObjectNode json, String name, List<ServiceAccountMatch> values) {
        if (!values.isEmpty()) {
            ArrayNode array = json.putArray(name);
            values.forEach(value -> array.addObject()
                    .put("namespace", value.getNamespace())
                    .put("serviceAccount", value.getServiceAccount()));
        }
    }

    private static void blocks(ObjectNode json, String name, List<Address> values) {
        if (!values.isEmpty()) {
            ArrayNode array = json.putArray(name);
            values.forEach(value -> array.add(text(value)));
        }
    }

    private static String text(Address value) {
        try {
            return new Cidr(IpAddress.ofBytes(value.getAddress()), value.getLength()).toString();
        } catch (IllegalArgumentException e) {
            return "invalid: " + e.getMessage();
        }
    }

    private static void ports(ObjectNode json, String name, List<Integer> values) {
        if (!values.isEmpty()) {
            ArrayNode array = json.putArray(name);
            values.forEach(array::add);
        }
    }
}
