package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
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

    /** Whether the API server has an object with this uid, not just the watch, and it is not being deleted. */
    public boolean exists(ResourceDefinitionContext kind, NamespacedName name, String uid) {
        GenericKubernetesResource found = resource(kind, name).get();
        return found != null
                && found.getMetadata().getDeletionTimestamp() == null
                && uid.equals(found.getMetadata().getUid());
    }

    /** An annotation of an object; null when the object or the annotation is not there. */
    public @Nullable String annotation(ResourceDefinitionContext kind, NamespacedName name, String annotation) {
        GenericKubernetesResource found = resource(kind, name).get();
        return found == null
                ? null
                : Inputs.copy(found.getMetadata().getAnnotations()).get(annotation);
    }

    /** Whether the definition of a custom resource is there and knows a field, with dots between the names. */
    public boolean defines(NamespacedName definition, String field) {
        GenericKubernetesResource found =
                resource(Kinds.CUSTOM_RESOURCE_DEFINITION, definition).get();
        return found != null && Definitions.know(Inputs.body(found), field);
    }

    /** An object that is deployed for a Gateway as it is now, or null. */
    public @Nullable GenericKubernetesResource get(GenericKubernetesResource like) {
        return resource(Kinds.deployed(like.getKind()), Inputs.key(like)).get();
    }

    /** Applies an object that is deployed for a Gateway. */
    public void apply(GenericKubernetesResource object, String manager) {
        resource(Kinds.deployed(object.getKind()), Inputs.key(object)).patch(context(manager), object);
    }

    /** Sets an annotation of an object; does nothing when the object is gone. */
    public void annotate(ResourceDefinitionContext kind, NamespacedName name, String annotation, String value) {
        GenericKubernetesResource patch = object(kind, name);
        patch.getMetadata().setAnnotations(Map.of(annotation, value));
        try {
            resource(kind, name).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException e) {
            if (e.getCode() != NOT_FOUND) {
                throw e;
            }
        }
    }

    /** Applies the status of an object; does nothing when the object is gone. */
    public void status(
            ResourceDefinitionContext kind, NamespacedName name, Map<String, Object> status, String manager) {
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

    /** Creates an object unless it is there. */
    public void createIfMissing(ResourceDefinitionContext kind, NamespacedName name, Map<String, Object> spec) {
        if (resource(kind, name).get() == null) {
            GenericKubernetesResource object = object(kind, name);
            object.setAdditionalProperty("spec", spec);
            client.genericKubernetesResources(kind).resource(object).create();
        }
    }

    private Resource<GenericKubernetesResource> resource(ResourceDefinitionContext kind, NamespacedName name) {
        var all = client.genericKubernetesResources(kind);
        return kind.isNamespaceScoped()
                ? all.inNamespace(name.namespace()).withName(name.name())
                : all.withName(name.name());
    }

    private static GenericKubernetesResource object(ResourceDefinitionContext kind, NamespacedName name) {
        ObjectMeta meta = new ObjectMeta();
        meta.setName(name.name());
        if (kind.isNamespaceScoped()) {
            meta.setNamespace(name.namespace());
        }
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion(Kinds.apiVersion(kind));
        object.setKind(kind.getKind());
        object.setMetadata(meta);
        return object;
    }

    private static PatchContext context(String manager) {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .withForce(true)
                .build();
    }
}
