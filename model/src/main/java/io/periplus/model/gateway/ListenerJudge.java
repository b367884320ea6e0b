package io.periplus.model.gateway;

import io.periplus.api.IpAddresses;
import io.periplus.model.collection.Fetch;
import io.periplus.model.gateway.ListenerConflicts.Entry;
import io.periplus.model.gateway.References.Problem;
import io.periplus.model.gateway.References.Resolved;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.FrontendValidation;
import io.periplus.model.input.GatewayInput.GroupKind;
import io.periplus.model.input.ReferenceGrantInput.From;
import io.periplus.model.input.ReferenceInput;
import io.periplus.model.route.Hostnames;
import io.periplus.model.route.ParentKey;
import io.periplus.wire.waypoint.ListenerProtocol;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges the listeners of one Gateway and its ListenerSets, one by one, beside all the others. */
record ListenerJudge(
        References references, GatewayInput gateway, List<Entry> entries, Map<Entry, ConditionInput> conflicts) {
    private static final String ACCEPTED = "Accepted";
    private static final String RESOLVED = "ResolvedRefs";
    private static final String FINE = "No errors found";
    private static final Resolved NOTHING = new Resolved(List.of(), null);

    EdgeListener judge(Fetch fetch, ParentKey owner, GatewayInput.Listener listener) {
        ListenerProtocol protocol = Protocols.of(listener);
        Entry entry = entry(owner, listener);
        ConditionInput conflicted =
                entry == null ? ListenerConflicts.none() : conflicts.getOrDefault(entry, ListenerConflicts.none());
        if (protocol == null) {
            return judged(
                    owner, listener, null, List.of(), unsupported(listener), conflicted, resolved(null), NOTHING, null);
        }
        Resolved certificates = certificates(fetch, owner, listener, protocol);
        FrontendValidation frontend = frontend(listener, protocol);
        Resolved authorities = frontend == null
                ? null
                : references.authorities(
                        fetch,
                        referrer(ParentKey.gateway(gateway.key())),
                        frontend.authorities(),
                        "InvalidCACertificateKind");
        List<GroupKind> kinds = Protocols.supported(listener, protocol);
        Problem problem = certificates.problem();
        if (problem == null && authorities != null) {
            problem = authorities.problem();
        }
        if (problem == null) {
            problem = kindProblem(listener, protocol);
        }
        return judged(
                owner,
                listener,
                protocol,
                kinds,
                accepted(listener, protocol, conflicted, authorities),
                conflicted,
                resolved(problem),
                certificates,
                authorities);
    }

    private EdgeListener judged(
            ParentKey owner,
            GatewayInput.Listener listener,
            @Nullable ListenerProtocol protocol,
            List<GroupKind> kinds,
            ConditionInput accepted,
            ConditionInput conflicted,
            ConditionInput resolved,
            Resolved certificates,
            @Nullable Resolved authorities) {
        FrontendValidation frontend = protocol == null ? null : frontend(listener, protocol);
        return new EdgeListener(
                owner,
                listener,
                protocol,
                kinds,
                accepted,
                conflicted,
                resolved,
                overlapping(owner, listener, conflicted),
                certificates.usable(),
                authorities == null ? null : authorities.usable(),
                frontend != null && frontend.mode().equals("AllowInsecureFallback"));
    }

    private @Nullable Entry entry(ParentKey owner, GatewayInput.Listener listener) {
        for (Entry entry : entries) {
            if (entry.owner().equals(owner) && entry.spec() == listener) {
                return entry;
            }
        }
        return null;
    }

    private static ConditionInput unsupported(GatewayInput.Listener listener) {
        return refused(
                "UnsupportedProtocol",
                listener.protocol().equals("HBONE")
                        ? "protocol \"HBONE\" is only supported for waypoint proxies"
                        : "protocol \"" + listener.protocol()
                                + "\" is not supported (expected HTTP, HTTPS, TLS or TCP)");
    }

    private static ConditionInput accepted(
            GatewayInput.Listener listener,
            ListenerProtocol protocol,
            ConditionInput conflicted,
            @Nullable Resolved authorities) {
        if (Protocols.isReserved(listener.port())) {
            return refused("PortUnavailable", "port " + listener.port() + " is used by the proxy itself");
        }
        if (conflicted.status().equals("True")) {
            return refused("Invalid", conflicted.message());
        }
        if (IpAddresses.parse(listener.hostname()).isPresent()) {
            return refused("UnsupportedValue", "hostname \"" + listener.hostname() + "\" is an IP address");
        }
        if (protocol == ListenerProtocol.LISTENER_HTTPS && Protocols.isPassthrough(listener)) {
            return refused(
                    "UnsupportedValue",
                    "a listener of protocol HTTPS cannot have TLS mode Passthrough; use protocol TLS");
        }
        if (authorities != null && authorities.usable().isEmpty()) {
            return refused(
                    "NoValidCACertificate",
                    "no certificate authority for clients can be used"
                            + (authorities.problem() == null
                                    ? ""
                                    : ": " + authorities.problem().message()));
        }
        return ConditionInput.of(ACCEPTED, true, ACCEPTED, FINE);
    }

    private static ConditionInput refused(String reason, String message) {
        return ConditionInput.of(ACCEPTED, false, reason, message);
    }

    private static ConditionInput resolved(@Nullable Problem problem) {
        return problem == null
                ? ConditionInput.of(RESOLVED, true, RESOLVED, FINE)
                : ConditionInput.of(RESOLVED, false, problem.reason(), problem.message());
    }

    private Resolved certificates(
            Fetch fetch, ParentKey owner, GatewayInput.Listener listener, ListenerProtocol protocol) {
        if (!Protocols.isTls(protocol) || Protocols.isPassthrough(listener)) {
            return NOTHING;
        }
        List<ReferenceInput> wanted =
                listener.tls() == null ? List.of() : listener.tls().certificates();
        return wanted.isEmpty()
                ? new Resolved(
                        List.of(),
                        new Problem(
                                "InvalidCertificateRef",
                                "the listener ends TLS and names no certificate in tls.certificateRefs"))
                : references.keyPairs(fetch, referrer(owner), wanted, "InvalidCertificateRef");
    }

    // What a port says for itself replaces the default, also when it asks for nothing.
    private @Nullable FrontendValidation frontend(GatewayInput.Listener listener, ListenerProtocol protocol) {
        if (protocol != ListenerProtocol.LISTENER_HTTPS) {
            return null;
        }
        FrontendValidation frontend = gateway.edge().frontendByPort().get(listener.port());
        if (frontend == null) {
            frontend = gateway.edge().frontend();
        }
        return frontend == null || frontend.authorities().isEmpty() ? null : frontend;
    }

    private static @Nullable Problem kindProblem(GatewayInput.Listener listener, ListenerProtocol protocol) {
        List<GroupKind> fitting = Protocols.kinds(protocol);
        List<String> wrong = listener.kinds().stream()
                .filter(kind -> !fitting.contains(kind))
                .map(kind -> kind.group() + "/" + kind.kind())
                .toList();
        return wrong.isEmpty()
                ? null
                : new Problem(
                        "InvalidRouteKinds",
                        "routes of kind " + String.join(", ", wrong) + " cannot attach to a listener of protocol "
                                + listener.protocol());
    }

    private boolean overlapping(ParentKey owner, GatewayInput.Listener listener, ConditionInput conflicted) {
        return listener.protocol().equals("HTTPS")
                && conflicted.status().equals("False")
                && entries.stream()
                        .filter(other -> other.protocol() == ListenerProtocol.LISTENER_HTTPS)
                        .filter(other -> !(other.owner().equals(owner) && other.spec() == listener))
                        .filter(other -> !conflicts.containsKey(other))
                        .filter(other -> other.spec().port() == listener.port())
                        .anyMatch(other -> Hostnames.intersect(other.spec().hostname(), listener.hostname()) != null);
    }

    private static From referrer(ParentKey owner) {
        return new From(
                EdgeGateways.GROUP,
                owner.kind() == ParentKey.Kind.LISTENER_SET ? "ListenerSet" : "Gateway",
                owner.name().namespace());
    }
}
