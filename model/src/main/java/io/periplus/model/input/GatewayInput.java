package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Gateway of the Gateway API.
 *
 * @param infrastructure  labels and annotations for what is deployed; null when the Gateway says nothing
 * @param parametersRef   {@code group/kind/name} of its parameters; null when it has none
 * @param addresses       wished for
 * @param statusAddresses assigned
 */
public record GatewayInput(
        NamespacedName key,
        String uid,
        long generation,
        String created,
        Map<String, String> labels,
        Map<String, String> annotations,
        String className,
        List<Listener> listeners,
        @Nullable Infrastructure infrastructure,
        @Nullable String parametersRef,
        List<Address> addresses,
        List<Address> statusAddresses,
        List<ConditionInput> conditions) {

    /**
     * A listener.
     *
     * @param hostname lower case; empty for every name
     * @param kinds    of routes that may attach; empty for all that the protocol knows
     */
    public record Listener(
            String name, int port, String protocol, String hostname, Allowed allowed, List<GroupKind> kinds) {
        /** A listener for every name and every kind of route. */
        public Listener(String name, int port, String protocol, Allowed allowed) {
            this(name, port, protocol, "", allowed, List.of());
        }
    }

    /** A kind of objects. */
    public record GroupKind(String group, String kind) {}

    /** Namespaces that may attach: {@code Same}, {@code All}, {@code Selector} with what it selects, or {@code None}. */
    public record Allowed(String from, @Nullable LabelSelectorInput selector) {}

    /** What to put on everything that is deployed for the Gateway. */
    public record Infrastructure(Map<String, String> labels, Map<String, String> annotations) {}

    /** An address: type {@code IPAddress} or {@code Hostname}. */
    public record Address(String type, String value) {}
}
