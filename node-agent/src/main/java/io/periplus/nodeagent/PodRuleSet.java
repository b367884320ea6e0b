package io.periplus.nodeagent;

import static io.periplus.nodeagent.Mark.MESH;
import static io.periplus.nodeagent.Mark.TRANSPARENT;
import static io.periplus.nodeagent.Term.ACCEPT;
import static io.periplus.nodeagent.Term.DROP;
import static io.periplus.nodeagent.Term.KNOWN_AND_NOT_REDIRECTED;
import static io.periplus.nodeagent.Term.RETURN;
import static io.periplus.nodeagent.Term.SYN;
import static io.periplus.nodeagent.Term.TCP;
import static io.periplus.nodeagent.Term.UDP;
import static io.periplus.nodeagent.Term.arrivingBy;
import static io.periplus.nodeagent.Term.from;
import static io.periplus.nodeagent.Term.fromPort;
import static io.periplus.nodeagent.Term.leavingBy;
import static io.periplus.nodeagent.Term.markConnection;
import static io.periplus.nodeagent.Term.marked;
import static io.periplus.nodeagent.Term.notLeavingBy;
import static io.periplus.nodeagent.Term.notMarked;
import static io.periplus.nodeagent.Term.notTo;
import static io.periplus.nodeagent.Term.notToPort;
import static io.periplus.nodeagent.Term.ofConnectionMarked;
import static io.periplus.nodeagent.Term.redirectTo;
import static io.periplus.nodeagent.Term.restoreMark;
import static io.periplus.nodeagent.Term.to;
import static io.periplus.nodeagent.Term.toPort;
import static io.periplus.nodeagent.Term.trackInZone;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The rules inside a pod's network namespace that lead its TCP traffic and its questions for names through ztunnel, whichever
 * program writes them.
 *
 * <p>Only the first packet of a connection (SYN) is redirected. Connections from before the enrolment are unknown to
 * connection tracking; without that condition their next packet would look like a new connection and be cut. It has a price:
 * whatever other packet is the first of its addresses and ports, connection tracking takes for the middle of a connection that
 * is not to be translated, and would let a SYN with the same addresses and ports through to the application. Such a SYN is
 * dropped: of an incoming connection that is known and not redirected, none is left to come.
 */
final class PodRuleSet {
    private static final int OUTBOUND = 15001;
    private static final int INBOUND_PLAINTEXT = 15006;
    private static final int HBONE = 15008;
    private static final int DNS_PROXY = 15053;
    private static final int DNS = 53;
    /** Of connection tracking: what ztunnel asks the resolvers. */
    private static final int RESOLVERS = 1;

    private static final String LOOPBACK = "lo";
    private static final String LOCALHOST = "127.0.0.1";
    private static final String LOCALHOST6 = "::1";

    private PodRuleSet() {}

    /** Chains that are not there are not needed. */
    static Map<PodChain, List<Rule>> of(Capture capture, ProbeAddresses probes) {
        Map<PodChain, List<Rule>> rules = new EnumMap<>(PodChain.class);
        if (capture.dns()) {
            // Apart from what the pod asked: both may be from the same port to the same server.
            rules.put(
                    PodChain.ASKED_NAMES,
                    List.of(Rule.of(UDP, fromPort(DNS), notMarked(MESH), trackInZone(RESOLVERS))));
            rules.put(PodChain.ASKING_NAMES, List.of(Rule.of(UDP, toPort(DNS), marked(MESH), trackInZone(RESOLVERS))));
        }
        rules.put(PodChain.MARKS_IN, List.of(Rule.of(marked(MESH), markConnection(TRANSPARENT))));
        rules.put(PodChain.REOPENED, capture.inbound() ? reopened(probes) : List.of());
        rules.put(PodChain.MARKS_OUT, List.of(Rule.of(ofConnectionMarked(TRANSPARENT), restoreMark())));
        rules.put(PodChain.INBOUND, inbound(capture, probes));
        rules.put(PodChain.OUTBOUND, outbound(capture, probes));
        return rules;
    }

    /** Loopback is no way in: what the pod sends to itself has been seen, and left alone, on its way out. */
    private static List<Rule> reopened(ProbeAddresses probes) {
        return List.of(
                Rule.of(arrivingBy(LOOPBACK), RETURN),
                Rule.of(from(probes.ipv4()), RETURN),
                Rule.of(from(probes.ipv6()), RETURN),
                Rule.of(TCP, notToPort(HBONE), SYN, KNOWN_AND_NOT_REDIRECTED, DROP));
    }

    private static List<Rule> inbound(Capture capture, ProbeAddresses probes) {
        List<Rule> rules = new ArrayList<>();
        for (String virtual : capture.virtualInterfaces()) {
            rules.add(Rule.of(TCP, arrivingBy(virtual), SYN, redirectTo(OUTBOUND)));
            rules.add(Rule.of(TCP, arrivingBy(virtual), RETURN));
        }
        if (capture.inbound()) {
            rules.add(Rule.of(TCP, from(probes.ipv4()), ACCEPT));
            rules.add(Rule.of(TCP, from(probes.ipv6()), ACCEPT));
            rules.add(Rule.of(to(LOCALHOST), RETURN));
            rules.add(Rule.of(to(LOCALHOST6), RETURN));
            rules.add(Rule.of(TCP, notToPort(HBONE), notMarked(MESH), SYN, redirectTo(INBOUND_PLAINTEXT)));
        }
        return rules;
    }

    private static List<Rule> outbound(Capture capture, ProbeAddresses probes) {
        List<Rule> rules = new ArrayList<>();
        rules.add(Rule.of(TCP, to(probes.ipv4()), ACCEPT));
        rules.add(Rule.of(TCP, to(probes.ipv6()), ACCEPT));
        if (capture.dns()) {
            // A name server on the pod's own loopback stays out of it.
            rules.add(Rule.of(UDP, notLeavingBy(LOOPBACK), toPort(DNS), notMarked(MESH), redirectTo(DNS_PROXY)));
            for (String own : List.of(LOCALHOST, LOCALHOST6)) {
                rules.add(Rule.of(TCP, notTo(own), toPort(DNS), notMarked(MESH), SYN, redirectTo(DNS_PROXY)));
            }
        }
        rules.add(Rule.of(TCP, marked(TRANSPARENT), ACCEPT));
        rules.add(Rule.of(to(LOCALHOST), RETURN));
        rules.add(Rule.of(to(LOCALHOST6), RETURN));
        rules.add(Rule.of(leavingBy(LOOPBACK), ACCEPT));
        rules.add(Rule.of(TCP, notMarked(MESH), SYN, redirectTo(OUTBOUND)));
        return rules;
    }
}
