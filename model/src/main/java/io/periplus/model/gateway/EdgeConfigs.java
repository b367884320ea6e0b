package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.SecretInput;
import io.periplus.model.proxy.ProxyNames;
import io.periplus.wire.waypoint.ClientValidation;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.KeyPair;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.waypoint.ListenerTls;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the proxies of a Gateway at the edge are sent: the listeners that can be served, with their keys.
 *
 * @param podsByGateway by the Gateway as their label names it
 */
public record EdgeConfigs(
        References references,
        Collection<NamespacedName, GatewayInput> gateways,
        Index<NamespacedName, NamespacedName, PodInput> podsByGateway) {

    /**
     * For whom a message is.
     *
     * @param serviceAccount of the Gateway's pods, in its namespace; nobody else may see the message
     */
    public record Key(NamespacedName gateway, String serviceAccount) {}

    /** The message, for each service account that the Gateway's pods have. */
    public Map<Key, Gateway> of(Fetch fetch, EdgeGateway gateway) {
        GatewayInput input = fetch.get(gateways, gateway.key());
        if (input == null) {
            return Map.of();
        }
        Map<Key, Gateway> messages = new LinkedHashMap<>();
        Gateway message = message(fetch, gateway);
        for (String account : accounts(fetch, input)) {
            messages.put(new Key(gateway.key(), account), message);
        }
        return messages;
    }

    // Of a Gateway that its user deploys only the pods are known.
    private Set<String> accounts(Fetch fetch, GatewayInput gateway) {
        if (!DeploymentWishes.byHand(gateway)) {
            return Set.of(ProxyNames.serviceAccount(gateway, EdgeGateways.CONTROLLER));
        }
        NamespacedName label = new NamespacedName(
                gateway.key().namespace(), ProxyNames.label(gateway.key().name()));
        Set<String> accounts = new TreeSet<>();
        fetch.by(podsByGateway, label).stream()
                .filter(pod -> !pod.finished())
                .forEach(pod -> accounts.add(pod.serviceAccount()));
        return accounts;
    }

    // It holds private keys, and its text does too: it must not be shown.
    private Gateway message(Fetch fetch, EdgeGateway gateway) {
        Gateway.Builder message = Gateway.newBuilder()
                .setNamespace(gateway.key().namespace())
                .setName(gateway.key().name());
        for (EdgeListener listener : gateway.listeners()) {
            if (listener.isServable() && listener.protocol() != null) {
                message.addListeners(listener(fetch, listener, listener.protocol()));
            }
        }
        NamespacedName certificate = gateway.clientCertificate();
        KeyPair client = certificate == null ? null : keyPair(fetch, certificate);
        if (client != null) {
            message.setBackendClientCertificate(client);
        }
        return message.build();
    }

    private Listener listener(Fetch fetch, EdgeListener listener, ListenerProtocol protocol) {
        Listener.Builder message = Listener.newBuilder()
                .setName(listener.uniqueName())
                .setPort(listener.spec().port())
                .setProtocol(protocol)
                .setHostname(
                        protocol == ListenerProtocol.LISTENER_TCP
                                ? ""
                                : listener.spec().hostname());
        if (!Protocols.isTls(protocol)) {
            return message.build();
        }
        ListenerTls.Builder tls = ListenerTls.newBuilder();
        if (Protocols.isPassthrough(listener.spec())) {
            tls.setPassthrough(true);
        } else {
            for (NamespacedName name : listener.certificates()) {
                KeyPair pair = keyPair(fetch, name);
                if (pair != null) {
                    tls.addCertificates(pair);
                }
            }
            if (listener.authorities() != null) {
                tls.setClientValidation(ClientValidation.newBuilder()
                        .setCaCertificates(references.bundle(fetch, listener.authorities()))
                        .setInsecureFallback(listener.insecureClients()));
            }
        }
        return message.setTls(tls).build();
    }

    private @Nullable KeyPair keyPair(Fetch fetch, NamespacedName name) {
        SecretInput secret = fetch.get(references.secrets(), name);
        return secret == null
                ? null
                : KeyPair.newBuilder()
                        .setCertificateChain(secret.certificateChain())
                        .setPrivateKey(secret.privateKey())
                        .build();
    }
}
