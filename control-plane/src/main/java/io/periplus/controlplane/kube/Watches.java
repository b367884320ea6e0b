package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicyParser;
import io.periplus.api.security.PeerAuthenticationParser;
import io.periplus.controlplane.IndexLoop;
import io.periplus.controlplane.Metrics;
import io.periplus.model.AmbientIndex;
import io.periplus.model.collection.Source;
import io.periplus.model.input.ConditionInput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Everything that is watched, and the source of the index that it feeds. */
public final class Watches implements AutoCloseable {
    private final List<KindWatch<?>> watches = new ArrayList<>();
    private final KubernetesClient client;
    private final IndexLoop loop;
    private final Metrics metrics;
    private final String revision;

    public Watches(KubernetesClient client, IndexLoop loop, String revision, Metrics metrics) {
        this.client = client;
        this.loop = loop;
        this.revision = revision;
        this.metrics = metrics;
        scoped("Namespace", client.namespaces(), Namespace::new, i -> i.namespaces, Inputs::namespace);
        scoped("Node", client.nodes(), Node::new, i -> i.nodes, Inputs::node);
        namespaced("Pod", client.pods().inAnyNamespace(), Pod::new, i -> i.pods, Inputs::pod);
        namespaced("Service", client.services().inAnyNamespace(), Service::new, i -> i.serviceInputs, Inputs::service);
        namespaced(
                "EndpointSlice",
                client.resources(EndpointSlice.class).inAnyNamespace(),
                EndpointSlice::new,
                i -> i.slices,
                Inputs::slice);
        scoped(
                "GatewayClass",
                client.resources(GatewayClass.class),
                GatewayClass::new,
                i -> i.gatewayClasses,
                GatewayInputs::gatewayClass);
        namespaced(
                "Gateway",
                client.resources(Gateway.class).inAnyNamespace(),
                Gateway::new,
                i -> i.gateways,
                GatewayInputs::gateway);
        watch(
                "AuthorizationPolicy",
                security("AuthorizationPolicy", "authorizationpolicies"),
                GenericKubernetesResource::new,
                Watches::putPolicy,
                Watches::removePolicy);
        namespaced(
                "PeerAuthentication",
                security("PeerAuthentication", "peerauthentications"),
                GenericKubernetesResource::new,
                i -> i.peerAuthentications,
                PeerAuthenticationParser::parse);
        // ServiceEntry, WorkloadEntry and RequestAuthentication belong here once the index knows them.
    }

    /** Starts all watches; objects arrive on the index loop from now on. */
    public void start() {
        watches.forEach(KindWatch::start);
    }

    /** Kinds that have not been listed yet. */
    public List<String> missing() {
        return watches.stream()
                .filter(watch -> !watch.listed())
                .map(KindWatch::kind)
                .toList();
    }

    @Override
    public void close() {
        watches.forEach(KindWatch::stop);
    }

    private Informable<GenericKubernetesResource> security(String kind, String plural) {
        return client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup("security.istio.io")
                        .withVersion("v1")
                        .withKind(kind)
                        .withPlural(plural)
                        .withNamespaced(true)
                        .build())
                .inAnyNamespace();
    }

    private <T extends HasMetadata, V> void scoped(
            String kind,
            Informable<T> objects,
            Supplier<T> empty,
            Function<AmbientIndex, Source<String, V>> source,
            Function<T, V> convert) {
        keyed(kind, objects, empty, object -> object.getMetadata().getName(), source, convert);
    }

    private <T extends HasMetadata, V> void namespaced(
            String kind,
            Informable<T> objects,
            Supplier<T> empty,
            Function<AmbientIndex, Source<NamespacedName, V>> source,
            Function<T, V> convert) {
        keyed(kind, objects, empty, Inputs::key, source, convert);
    }

    private <T extends HasMetadata, K, V> void keyed(
            String kind,
            Informable<T> objects,
            Supplier<T> empty,
            Function<T, K> key,
            Function<AmbientIndex, Source<K, V>> source,
            Function<T, V> convert) {
        watch(
                kind,
                objects,
                empty,
                object -> {
                    K name = key.apply(object);
                    V value = convert.apply(object);
                    return index -> source.apply(index).put(name, value);
                },
                object -> {
                    K name = key.apply(object);
                    return index -> source.apply(index).remove(name);
                });
    }

    // An object is read on the watch's thread; only small values wait for the index.
    private <T extends HasMetadata> void watch(
            String kind,
            Informable<T> objects,
            Supplier<T> empty,
            Function<T, Consumer<AmbientIndex>> put,
            Function<T, Consumer<AmbientIndex>> remove) {
        watches.add(new KindWatch<>(
                kind,
                objects,
                empty,
                object -> loop.submit(isOurs(object) ? put.apply(object) : remove.apply(object)),
                object -> loop.submit(remove.apply(object)),
                metrics));
    }

    private static Consumer<AmbientIndex> putPolicy(GenericKubernetesResource object) {
        AuthorizationPolicy policy = AuthorizationPolicyParser.parse(object);
        List<ConditionInput> conditions =
                Conditions.read(object.getAdditionalProperties().get("status"));
        return index -> {
            index.authorizationPolicies.put(policy.key(), policy);
            index.policyConditions.put(policy.key(), conditions);
        };
    }

    private static Consumer<AmbientIndex> removePolicy(GenericKubernetesResource object) {
        NamespacedName key = Inputs.key(object);
        return index -> {
            index.authorizationPolicies.remove(key);
            index.policyConditions.remove(key);
        };
    }

    // Policies may be meant for another revision of the control plane.
    private boolean isOurs(HasMetadata object) {
        if (!(object instanceof GenericKubernetesResource)) {
            return true;
        }
        String label = Inputs.copy(object.getMetadata().getLabels()).get(Labels.REVISION);
        return label == null || label.equals(revision);
    }
}
