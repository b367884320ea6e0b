package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.api.NamespacedName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Server-side applies: only the fields we say are ours, and those we take. */
public final class Applies {
    private static final int NOT_FOUND = 404;

    private final KubernetesClient client;

    public Applies(KubernetesClient client) {
        this.client = client;
    }

    /** A kind of object by its names. */
    public record Kind(String group, String version, String kind, String plural, boolean namespaced) {
        /** Core Services. */
        public static final Kind SERVICE = new Kind("", "v1", "Service", "services", true);

        /** AuthorizationPolicies. */
        public static final Kind AUTHORIZATION_POLICY =
                new Kind("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies", true);

        /** Gateways of the Gateway API. */
        public static final Kind GATEWAY = new Kind("gateway.networking.k8s.io", "v1", "Gateway", "gateways", true);

        /** GatewayClasses. */
        public static final Kind GATEWAY_CLASS =
                new Kind("gateway.networking.k8s.io", "v1", "GatewayClass", "gatewayclasses", false);

        String apiVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }
    }

    /** The object as it is now, or null. */
    public @Nullable GenericKubernetesResource get(HasMetadata like) {
        return client.genericKubernetesResources(like.getApiVersion(), like.getKind())
                .inNamespace(like.getMetadata().getNamespace())
                .withName(like.getMetadata().getName())
                .get();
    }

    /** Applies a whole object. */
    public void apply(HasMetadata object, String manager) {
        client.resource(object).patch(context(manager));
    }

    /** Applies the status of an object; does nothing when the object is gone. */
    public void status(Kind kind, NamespacedName name, Map<String, Object> status, String manager) {
        GenericKubernetesResource object = object(kind, name);
        object.setAdditionalProperty("status", status);
        try {
            resource(kind, name).subresource("status").patch(context(manager), object);
        } catch (KubernetesClientException e) {
            if (e.getCode() != NOT_FOUND) {
                throw e;
            }
        }
    }

    /** Creates an object of a kind that has no type here, unless it is there. */
    public void createIfMissing(Kind kind, NamespacedName name, Map<String, Object> spec) {
        if (resource(kind, name).get() == null) {
            GenericKubernetesResource object = object(kind, name);
            object.setAdditionalProperty("spec", spec);
            client.genericKubernetesResources(context(kind)).resource(object).create();
        }
    }

    private Resource<GenericKubernetesResource> resource(Kind kind, NamespacedName name) {
        var all = client.genericKubernetesResources(context(kind));
        return kind.namespaced() ? all.inNamespace(name.namespace()).withName(name.name()) : all.withName(name.name());
    }

    private static GenericKubernetesResource object(Kind kind, NamespacedName name) {
        ObjectMeta meta = new ObjectMeta();
        meta.setName(name.name());
        if (kind.namespaced()) {
            meta.setNamespace(name.namespace());
        }
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion(kind.apiVersion());
        object.setKind(kind.kind());
        object.setMetadata(meta);
        return object;
    }

    private static ResourceDefinitionContext context(Kind kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(kind.version())
                .withKind(kind.kind())
                .withPlural(kind.plural())
                .withNamespaced(kind.namespaced())
                .build();
    }

    private static PatchContext context(String manager) {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .withForce(true)
                .build();
    }
}
