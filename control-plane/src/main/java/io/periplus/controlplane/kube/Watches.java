package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicyParser;
import io.periplus.api.security.AuthorizationPolicyParser;
import io.periplus.api.security.PeerAuthenticationParser;
import io.periplus.api.security.RequestAuthenticationParser;
import io.periplus.controlplane.IndexLoop;
import io.periplus.controlplane.Metrics;
import io.periplus.controlplane.mesh.MeshConfigSource;
import io.periplus.model.AmbientIndex;
import io.periplus.model.collection.Source;
import io.periplus.model.input.CertificateBundleInput;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.ParametersInput;
import io.periplus.model.input.RevisionTagInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteParentStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Everything that is watched, and the source of the index that it feeds. */
public final class Watches implements AutoCloseable {
    // As long as a pod may take to end, by default.
    private static final int LEAVING_SECONDS = 30;

    private final List<KindWatch> watches = new ArrayList<>();
    private final AtomicLong tokens = new AtomicLong();
    private final KubernetesClient client;
    private final IndexLoop loop;
    private final Metrics metrics;
    private final String revision;

    public Watches(
            KubernetesClient client, IndexLoop loop, String revision, MeshConfigSource meshConfig, Metrics metrics) {
        this.client = client;
        this.loop = loop;
        this.revision = revision;
        this.metrics = metrics;
        watches.add(new KindWatch(
                Kinds.CONFIG_MAP.getKind() + " " + meshConfig.namespace() + "/" + meshConfig.name(),
                client.genericKubernetesResources(Kinds.CONFIG_MAP)
                        .inNamespace(meshConfig.namespace())
                        .withName(meshConfig.name()),
                meshConfig::put,
                _ -> meshConfig.remove(),
                metrics));
        scoped(Kinds.NAMESPACE, i -> i.watched.namespaces, Inputs::namespace);
        scoped(Kinds.NODE, i -> i.watched.nodes, Inputs::node);
        namespaced(Kinds.POD, i -> i.watched.pods, Inputs::pod);
        namespaced(Kinds.SERVICE, i -> i.watched.services, Inputs::service);
        namespaced(Kinds.ENDPOINT_SLICE, i -> i.watched.slices, Inputs::slice);
        namespaced(Kinds.SERVICE_ENTRY, i -> i.watched.serviceEntries, EntryInputs::serviceEntry);
        namespaced(Kinds.WORKLOAD_ENTRY, i -> i.watched.workloadEntries, EntryInputs::workloadEntry);
        selected(
                Kinds.MUTATING_WEBHOOK,
                client.genericKubernetesResources(Kinds.MUTATING_WEBHOOK).withLabel(Labels.REVISION_TAG),
                webhook -> revisionTag(webhook) != null,
                webhook -> webhook.getMetadata().getName(),
                i -> i.watched.revisionTags,
                webhook -> Objects.requireNonNull(revisionTag(webhook)));
        scoped(Kinds.GATEWAY_CLASS, i -> i.watched.gatewayClasses, GatewayInputs::gatewayClass);
        watch(Kinds.GATEWAY, Watches::putGateway, this::removeGateway);
        namespaced(Kinds.LISTENER_SET, i -> i.watched.listenerSets, GatewayInputs::listenerSet);
        // The API server hands out the Secrets of this type only.
        selected(
                Kinds.SECRET,
                client.genericKubernetesResources(Kinds.SECRET)
                        .inAnyNamespace()
                        .withField("type", TlsInputs.SECRET_TYPE),
                TlsInputs::isTls,
                Inputs::key,
                i -> i.watched.tlsSecrets,
                TlsInputs::secret);
        watch(Kinds.CONFIG_MAP, Watches::putConfigMap, Watches::removeConfigMap);
        withStatus(
                Kinds.AUTHORIZATION_POLICY,
                i -> i.watched.authorizationPolicies,
                AuthorizationPolicyParser::parse,
                i -> i.watched.policyConditions,
                Watches::conditions);
        namespaced(Kinds.PEER_AUTHENTICATION, i -> i.watched.peerAuthentications, PeerAuthenticationParser::parse);
        withStatus(
                Kinds.REQUEST_AUTHENTICATION,
                i -> i.watched.requestAuthentications,
                RequestAuthenticationParser::parse,
                i -> i.watched.requestAuthenticationConditions,
                Watches::conditions);
        namespaced(Kinds.REFERENCE_GRANT, i -> i.watched.referenceGrants, RouteInputs::referenceGrant);
        for (RouteKey.Kind kind : RouteKey.Kind.values()) {
            watch(Kinds.route(kind), route -> putRoute(kind, route), route -> removeRoute(kind, route));
        }
        withStatus(
                Kinds.BACKEND_TLS_POLICY,
                i -> i.watched.backendTlsPolicies,
                BackendTlsPolicyInputs::policy,
                i -> i.watched.backendTlsAncestors,
                BackendTlsPolicyInputs::ancestors);
        withStatus(
                Kinds.DESTINATION_RULE,
                i -> i.watched.destinationRules,
                DestinationRuleInputs::rule,
                i -> i.watched.destinationRuleConditions,
                Watches::conditions);
        withStatus(
                Kinds.RATE_LIMIT_POLICY,
                i -> i.watched.rateLimitPolicies,
                RateLimitPolicyParser::parse,
                i -> i.watched.rateLimitAncestors,
                RateLimitStatusObjects::ancestors);
        for (String type : CredentialInputs.SECRET_TYPES) {
            selected(
                    Kinds.SECRET,
                    client.genericKubernetesResources(Kinds.SECRET)
                            .inAnyNamespace()
                            .withField("type", type),
                    secret -> CredentialInputs.isCredential(secret, type),
                    Inputs::key,
                    i -> i.watched.credentials,
                    CredentialInputs::credential);
        }
    }

    /** Starts all watches; objects arrive on the index loop from now on. */
    public void start() {
        watches.forEach(KindWatch::start);
    }

    /** Kinds that have not been listed yet. */
    public List<String> missing() {
        return watches.stream()
                .filter(watch -> !watch.listed().isDone())
                .map(KindWatch::kind)
                .toList();
    }

    /** Waits until every kind has been listed, or is known not to exist. */
    public void awaitListed() {
        watches.forEach(watch -> watch.listed().join());
    }

    @Override
    public void close() {
        watches.forEach(KindWatch::stop);
    }

    private <V> void scoped(
            ResourceDefinitionContext kind,
            Function<AmbientIndex, Source<String, V>> source,
            Function<GenericKubernetesResource, V> convert) {
        keyed(kind, object -> object.getMetadata().getName(), source, convert);
    }

    private <V> void namespaced(
            ResourceDefinitionContext kind,
            Function<AmbientIndex, Source<NamespacedName, V>> source,
            Function<GenericKubernetesResource, V> convert) {
        keyed(kind, Inputs::key, source, convert);
    }

    private <K, V> void keyed(
            ResourceDefinitionContext kind,
            Function<GenericKubernetesResource, K> key,
            Function<AmbientIndex, Source<K, V>> source,
            Function<GenericKubernetesResource, V> convert) {
        watch(
                kind,
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

    /** What an author wrote and what stands in its status, each in a source of its own. */
    private <V, S> void withStatus(
            ResourceDefinitionContext kind,
            Function<AmbientIndex, Source<NamespacedName, V>> source,
            Function<GenericKubernetesResource, V> convert,
            Function<AmbientIndex, Source<NamespacedName, S>> statuses,
            Function<GenericKubernetesResource, S> status) {
        watch(
                kind,
                object -> {
                    NamespacedName name = Inputs.key(object);
                    V value = convert.apply(object);
                    S written = status.apply(object);
                    return index -> {
                        source.apply(index).put(name, value);
                        statuses.apply(index).put(name, written);
                    };
                },
                object -> {
                    NamespacedName name = Inputs.key(object);
                    return index -> {
                        source.apply(index).remove(name);
                        statuses.apply(index).remove(name);
                    };
                });
    }

    private static List<ConditionInput> conditions(GenericKubernetesResource object) {
        return Conditions.read(Inputs.body(object).at("status"));
    }

    // Objects that are not wanted are as good as gone.
    private <K, V> void selected(
            ResourceDefinitionContext kind,
            Informable<GenericKubernetesResource> objects,
            Predicate<GenericKubernetesResource> wanted,
            Function<GenericKubernetesResource, K> key,
            Function<AmbientIndex, Source<K, V>> source,
            Function<GenericKubernetesResource, V> convert) {
        Consumer<GenericKubernetesResource> remove = object -> {
            K name = key.apply(object);
            loop.submit(index -> source.apply(index).remove(name));
        };
        Consumer<GenericKubernetesResource> put = object -> {
            K name = key.apply(object);
            V value = convert.apply(object);
            loop.submit(index -> source.apply(index).put(name, value));
        };
        watches.add(new KindWatch(
                kind.getKind(),
                objects,
                object -> (wanted.test(object) ? put : remove).accept(object),
                remove,
                metrics));
    }

    // An object is read on the watch's thread; only small values wait for the index.
    private void watch(
            ResourceDefinitionContext kind,
            Function<GenericKubernetesResource, Consumer<AmbientIndex>> put,
            Function<GenericKubernetesResource, Consumer<AmbientIndex>> remove) {
        var all = client.genericKubernetesResources(kind);
        watches.add(new KindWatch(
                kind.getKind(),
                kind.isNamespaceScoped() ? all.inAnyNamespace() : all,
                object -> loop.submit(isOurs(object) ? put.apply(object) : remove.apply(object)),
                object -> loop.submit(remove.apply(object)),
                metrics));
    }

    // Certificates of authorities, or the parameters of Gateways.
    private static Consumer<AmbientIndex> putConfigMap(GenericKubernetesResource object) {
        NamespacedName key = Inputs.key(object);
        ParametersInput parameters = GatewayInputs.parameters(object);
        CertificateBundleInput authorities = TlsInputs.hasAuthorities(object) ? TlsInputs.authorities(object) : null;
        return index -> {
            index.watched.parameters.put(key, parameters);
            if (authorities == null) {
                index.watched.certificateBundles.remove(key);
            } else {
                index.watched.certificateBundles.put(key, authorities);
            }
        };
    }

    private static Consumer<AmbientIndex> removeConfigMap(GenericKubernetesResource object) {
        NamespacedName key = Inputs.key(object);
        return index -> {
            index.watched.parameters.remove(key);
            index.watched.certificateBundles.remove(key);
        };
    }

    private static Consumer<AmbientIndex> putGateway(GenericKubernetesResource object) {
        GatewayInput gateway = GatewayInputs.gateway(object);
        return index -> {
            index.watched.leavingGateways.remove(gateway.key());
            index.watched.gateways.put(gateway.key(), gateway);
        };
    }

    // The waypoint's pods have requests to finish: until then its policies and the way to its workloads stay.
    private Consumer<AmbientIndex> removeGateway(GenericKubernetesResource object) {
        NamespacedName key = Inputs.key(object);
        long token = tokens.incrementAndGet();
        return index -> {
            if (index.watched.gateways.get(key) == null) {
                return;
            }
            index.watched.leavingGateways.put(key, token);
            CompletableFuture.delayedExecutor(LEAVING_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> loop.submit(later -> forgetGateway(later, key, token)));
        };
    }

    private static void forgetGateway(AmbientIndex index, NamespacedName key, long token) {
        if (Objects.equals(index.watched.leavingGateways.get(key), token)) {
            index.watched.leavingGateways.remove(key);
            index.watched.gateways.remove(key);
        }
    }

    private static Consumer<AmbientIndex> putRoute(RouteKey.Kind kind, GenericKubernetesResource object) {
        RouteInput route = RouteInputs.route(kind, object);
        List<RouteParentStatus> status = RouteInputs.status(object);
        return index -> {
            index.watched.routes.put(route.key(), route);
            index.watched.routeConditions.put(route.key(), status);
        };
    }

    private static Consumer<AmbientIndex> removeRoute(RouteKey.Kind kind, GenericKubernetesResource object) {
        RouteKey key = RouteInputs.key(kind, object);
        return index -> {
            index.watched.routes.remove(key);
            index.watched.routeConditions.remove(key);
        };
    }

    private static @Nullable RevisionTagInput revisionTag(GenericKubernetesResource object) {
        return RevisionTagInput.of(Inputs.copy(object.getMetadata().getLabels()));
    }

    // Istio's resources and routes may be meant for another revision of the control plane, and unlabelled ones are for
    // all;
    // Gateways are sorted out by the index.
    private boolean isOurs(GenericKubernetesResource object) {
        if (!object.getApiVersion().startsWith("security.istio.io/")
                && !object.getApiVersion().startsWith("networking.istio.io/")
                && !object.getApiVersion().startsWith("policy.periplus.io/")
                && !object.getKind().endsWith("Route")) {
            return true;
        }
        String label = Inputs.copy(object.getMetadata().getLabels()).get(Labels.REVISION);
        return label == null || label.equals(revision);
    }
}
