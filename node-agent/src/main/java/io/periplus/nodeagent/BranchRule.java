package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A routing rule of ours for a pod with an interface of its own.
 *
 * @param selector what it is about: {@code to 10.0.0.7} or {@code iif eni0123}
 * @param table numbers, as all here
 */
record BranchRule(Family family, String selector, String table, int priority) {
    /** By which our rules are known, as those of routing daemons are; none of these has that number. */
    private static final int PROTOCOL = 157;

    /** Where that network has its own rules for what goes to pods. */
    private static final int TO_POD_PRIORITY = 512;

    private static final String LOCAL = "255";
    private static final List<String> COMMON_TABLES = List.of("253", "254", LOCAL);

    /**
     * The two rules for a pod's address; none if that is reached as any pod is.
     *
     * @param rules and
     * @param routes of all tables: what {@code ip -N -j} says
     */
    static List<BranchRule> of(InetAddress address, JsonNode rules, JsonNode routes) {
        Family family = Family.of(address);
        for (JsonNode rule : rules) {
            String networkInterface = rule.path("iif").asText();
            String table = rule.path("table").asText();
            if (!networkInterface.isEmpty()
                    && !COMMON_TABLES.contains(table)
                    && leadsTo(address, networkInterface, table, routes)) {
                int before = Math.max(0, rule.path("priority").asInt() - 1);
                return List.of(
                        new BranchRule(family, "to " + address.getHostAddress(), table, TO_POD_PRIORITY),
                        new BranchRule(family, "iif " + networkInterface, LOCAL, before));
            }
        }
        return List.of();
    }

    private static boolean leadsTo(InetAddress address, String networkInterface, String table, JsonNode routes) {
        for (JsonNode route : routes) {
            if (route.path("table").asText().equals(table)
                    && route.path("dev").asText().equals(networkInterface)
                    && isHost(route.path("dst").asText(), address)) {
                return true;
            }
        }
        return false;
    }

    /** A route to a block has its length behind it. */
    private static boolean isHost(String destination, InetAddress address) {
        boolean block = destination.indexOf('/') >= 0 || destination.equals("default");
        return !block
                && !destination.isEmpty()
                && InetAddress.ofLiteral(destination).equals(address);
    }

    /** Those that we wrote, of all the node's. */
    static List<BranchRule> ours(Family family, JsonNode rules) {
        List<BranchRule> ours = new ArrayList<>();
        for (JsonNode rule : rules) {
            if (rule.path("protocol").asInt() == PROTOCOL) {
                ours.add(parse(family, rule));
            }
        }
        return ours;
    }

    /** Whoever wrote it. */
    boolean isIn(JsonNode rules) {
        for (JsonNode rule : rules) {
            if (parse(family, rule).equals(this)) {
                return true;
            }
        }
        return false;
    }

    private static BranchRule parse(Family family, JsonNode rule) {
        String selector = rule.has("iif")
                ? "iif " + rule.path("iif").asText()
                : rule.has("dst") && !rule.has("dstlen")
                        ? "to "
                                + InetAddress.ofLiteral(rule.path("dst").asText())
                                        .getHostAddress()
                        : "";
        return new BranchRule(
                family,
                selector,
                rule.path("table").asText(),
                rule.path("priority").asInt());
    }

    /** @param verb {@code add} or {@code del} */
    String command(String verb) {
        return "ip %s rule %s %s lookup %s priority %d protocol %d"
                .formatted(family.option(), verb, selector, table, priority, PROTOCOL);
    }

    @Override
    public String toString() {
        return "%s lookup %s priority %d".formatted(selector, table, priority);
    }
}
