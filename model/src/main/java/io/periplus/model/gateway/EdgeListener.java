package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.GroupKind;
import io.periplus.model.route.ParentKey;
import io.periplus.wire.waypoint.ListenerProtocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a Gateway at the edge, judged.
 *
 * @param owner          what lists it
 * @param protocol       null when it is not served
 * @param kinds          of routes that may attach; empty where none can
 * @param accepted       condition {@code Accepted}, without a generation
 * @param conflicted     condition {@code Conflicted}
 * @param resolved       condition {@code ResolvedRefs}
 * @param overlapping    whether its host name overlaps that of another HTTPS listener of the port
 * @param certificates   Secrets to serve with
 * @param authorities    ConfigMaps with the authorities of clients; null when clients need not prove who they are
 * @param insecureClients whether clients without a valid certificate pass all the same
 */
public record EdgeListener(
        ParentKey owner,
        GatewayInput.Listener spec,
        @Nullable ListenerProtocol protocol,
        List<GroupKind> kinds,
        ConditionInput accepted,
        ConditionInput conflicted,
        ConditionInput resolved,
        boolean overlapping,
        List<NamespacedName> certificates,
        @Nullable List<NamespacedName> authorities,
        boolean insecureClients) {

    /** A name that is unique among all listeners of the Gateway; the proxy knows it by this name. */
    public String uniqueName() {
        return owner.kind() == ParentKey.Kind.LISTENER_SET ? owner.name() + "/" + spec.name() : spec.name();
    }

    /** Whether routes can attach and the listener is, or could be, served. */
    public boolean isAccepted() {
        return accepted.status().equals("True");
    }

    /** Whether there is all it needs to be served. */
    public boolean isServable() {
        return isAccepted()
                && protocol != null
                && (!Protocols.isTls(protocol) || Protocols.isPassthrough(spec) || !certificates.isEmpty());
    }
}
