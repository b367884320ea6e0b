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
 * @param edge            what only Gateways at the edge have
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
        List<ConditionInput> conditions,
        Edge edge) {

    /** A Gateway without anything of the edge. */
    public GatewayInput(
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
        this(
                key,
                uid,
                generation,
                created,
                labels,
                annotations,
                className,
                listeners,
                infrastructure,
                parametersRef,
                addresses,
                statusAddresses,
                conditions,
                Edge.NONE);
    }

    /**
     * A listener.
     *
     * @param hostname lower case, exact or with a leading {@code *.}; empty for every name
     * @param kinds    of routes that may attach; empty for all that the protocol knows
     * @param tls      null when the listener says nothing about TLS
     */
    public record Listener(
            String name,
            int port,
            String protocol,
            String hostname,
            Allowed allowed,
            List<GroupKind> kinds,
            @Nullable Tls tls) {
        /** A listener without TLS. */
        public Listener(
                String name, int port, String protocol, String hostname, Allowed allowed, List<GroupKind> kinds) {
            this(name, port, protocol, hostname, allowed, kinds, null);
        }

        /** A listener for every name and every kind of route. */
        public Listener(String name, int port, String protocol, Allowed allowed) {
            this(name, port, protocol, "", allowed, List.of());
        }
    }

    /**
     * How a listener ends TLS.
     *
     * @param mode {@code Terminate} or {@code Passthrough}
     */
    public record Tls(String mode, List<ReferenceInput> certificates) {}

    /** A kind of objects. */
    public record GroupKind(String group, String kind) {}

    /** Namespaces that may attach: {@code Same}, {@code All}, {@code Selector} with what it selects, or {@code None}. */
    public record Allowed(String from, @Nullable LabelSelectorInput selector) {
        /** No namespace. */
        public static final Allowed NONE = new Allowed("None", null);

        /**
         * Whether objects of a namespace may attach.
         *
         * @param own       the namespace of the Gateway
         * @param namespace the object's namespace; null while it is not known
         */
        public boolean permits(String own, String name, @Nullable NamespaceInput namespace) {
            return switch (from) {
                case "All" -> true;
                case "Same" -> own.equals(name);
                case "Selector" -> namespace != null && selector != null && selector.matches(namespace.labels());
                default -> false;
            };
        }
    }

    /** What to put on everything that is deployed for the Gateway. */
    public record Infrastructure(Map<String, String> labels, Map<String, String> annotations) {}

    /** An address: type {@code IPAddress} or {@code Hostname}. */
    public record Address(String type, String value) {}

    /**
     * What only a Gateway at the edge has.
     *
     * @param allowedListeners   namespaces whose ListenerSets may attach
     * @param frontend           how clients prove who they are, at HTTPS listeners; null when they need not
     * @param frontendByPort     the same for single ports, instead
     * @param clientCertificate  what is presented to TLS backends; null for nothing
     * @param listenerStatus     as it stands in the object
     * @param attachedSets       as it stands in the object
     */
    public record Edge(
            Allowed allowedListeners,
            @Nullable FrontendValidation frontend,
            Map<Integer, FrontendValidation> frontendByPort,
            @Nullable ReferenceInput clientCertificate,
            List<ListenerStatusInput> listenerStatus,
            int attachedSets) {
        /** Nothing of it. */
        public static final Edge NONE = new Edge(Allowed.NONE, null, Map.of(), null, List.of(), 0);
    }

    /**
     * How clients prove who they are.
     *
     * @param authorities whose certificates are accepted; none when clients need not prove anything
     * @param mode        {@code AllowValidOnly} or {@code AllowInsecureFallback}
     */
    public record FrontendValidation(List<ReferenceInput> authorities, String mode) {}
}
