package io.periplus.model.policy;

import com.google.protobuf.Empty;
import io.periplus.api.security.PeerAuthentication;
import io.periplus.api.security.PeerAuthentication.Mode;
import io.periplus.model.input.Selectors;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.StringMatch;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PeerAuthentication by its documentation: port over workload over namespace over mesh, {@code UNSET} inherits, the
 * oldest wins within a level, and a mesh that says nothing is {@code PERMISSIVE}. To ztunnel {@code DISABLE} is
 * {@code PERMISSIVE}: it accepts plain text either way.
 *
 * <p>What ztunnel gets are DENY policies on clients without an identity.
 */
public final class PeerAuthentications {
    /** Name of the policy that denies every client without an identity, in the root namespace. */
    public static final String STATIC_STRICT = "istio_converted_static_strict";

    private static final String CONVERTED = "converted_peer_authentication_";
    private static final Comparator<PeerAuthentication> AGE =
            Comparator.comparing(PeerAuthentication::created).thenComparing(PeerAuthentication::key);

    private PeerAuthentications() {}

    /** Whether workloads of a namespace require mutual TLS as far as no workload-level policy speaks. */
    public static boolean inheritedStrict(List<PeerAuthentication> ofNamespace, List<PeerAuthentication> ofRoot) {
        return level(ofNamespace)
                .or(() -> level(ofRoot))
                .map(PeerAuthentications::strict)
                .orElse(false);
    }

    /** The workload-level policy that holds for a workload; null when none does. */
    public static @Nullable PeerAuthentication selecting(
            List<PeerAuthentication> ofNamespace, Map<String, String> labels) {
        return ofNamespace.stream()
                .filter(peer -> peer.selector() != null && Selectors.matches(peer.selector(), labels))
                .min(AGE)
                .orElse(null);
    }

    /** The resource name of the policy that a workload lists; null when it accepts plain text everywhere. */
    public static @Nullable String listed(
            @Nullable PeerAuthentication selecting, boolean inheritedStrict, String rootNamespace) {
        String everything = rootNamespace + "/" + STATIC_STRICT;
        if (selecting == null) {
            return inheritedStrict ? everything : null;
        }
        if (!exceptions(selecting, inheritedStrict).isEmpty()) {
            return selecting.key().namespace() + "/" + CONVERTED
                    + selecting.key().name();
        }
        return strictByDefault(selecting, inheritedStrict) ? everything : null;
    }

    /** The policy of a workload-level PeerAuthentication with port exceptions; null when it needs none of its own. */
    public static @Nullable Authorization convert(PeerAuthentication peer, boolean inheritedStrict) {
        Map<Integer, Boolean> exceptions = exceptions(peer, inheritedStrict);
        if (peer.selector() == null || exceptions.isEmpty()) {
            return null;
        }
        Authorization.Builder policy =
                deny(peer.key().namespace(), CONVERTED + peer.key().name());
        if (strictByDefault(peer, inheritedStrict)) {
            policy.addGroups(Group.newBuilder()
                    .addRules(Rules.newBuilder().addMatches(anonymous()))
                    .addRules(Rules.newBuilder()
                            .addMatches(Match.newBuilder().addAllNotDestinationPorts(exceptions.keySet()))));
        } else {
            for (int port : exceptions.keySet()) {
                policy.addGroups(Group.newBuilder()
                        .addRules(Rules.newBuilder().addMatches(anonymous().addDestinationPorts(port))));
            }
        }
        return policy.build();
    }

    /** The policy {@link #STATIC_STRICT}. */
    public static Authorization staticStrict(String rootNamespace) {
        return deny(rootNamespace, STATIC_STRICT)
                .addGroups(Group.newBuilder().addRules(Rules.newBuilder().addMatches(anonymous())))
                .build();
    }

    private static Optional<Mode> level(List<PeerAuthentication> peers) {
        Stream<PeerAuthentication> wide = peers.stream().filter(peer -> peer.selector() == null);
        return wide.min(AGE).map(PeerAuthentication::mode).filter(mode -> mode != Mode.UNSET);
    }

    private static boolean strict(Mode mode) {
        return mode == Mode.STRICT;
    }

    private static boolean strictByDefault(PeerAuthentication peer, boolean inheritedStrict) {
        return peer.mode() == Mode.UNSET ? inheritedStrict : strict(peer.mode());
    }

    // Ports whose mode differs from the workload's default, sorted.
    private static Map<Integer, Boolean> exceptions(PeerAuthentication peer, boolean inheritedStrict) {
        boolean byDefault = strictByDefault(peer, inheritedStrict);
        Map<Integer, Boolean> exceptions = new TreeMap<>();
        peer.portModes().forEach((port, mode) -> {
            if (mode != Mode.UNSET && strict(mode) != byDefault) {
                exceptions.put(port, strict(mode));
            }
        });
        return exceptions;
    }

    private static Match.Builder anonymous() {
        return Match.newBuilder().addNotPrincipals(StringMatch.newBuilder().setPresence(Empty.getDefaultInstance()));
    }

    private static Authorization.Builder deny(String namespace, String name) {
        return Authorization.newBuilder()
                .setNamespace(namespace)
                .setName(name)
                .setScope(Scope.WORKLOAD_SELECTOR)
                .setAction(Action.DENY);
    }
}
