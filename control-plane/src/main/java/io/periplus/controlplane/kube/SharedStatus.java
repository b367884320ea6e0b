package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.api.NamespacedName;
import io.periplus.model.route.RouteStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A list in a status that belongs to several controllers and is one value to the API server, which therefore cannot merge it:
 * it is read, changed and written back for exactly the version that was read.
 *
 * @param list the field of the status; its entries name their controller in {@code controllerName}
 */
record SharedStatus(KubernetesClient client, String list) {
    /**
     * Puts our entries in the place of those that are there, behind the ones of others.
     *
     * @param ours the entries for the object as it is now; null when nothing has to be written
     */
    void write(
            ResourceDefinitionContext kind,
            NamespacedName name,
            Function<GenericKubernetesResource, @Nullable List<Map<String, Object>>> ours,
            int most) {
        Resource<GenericKubernetesResource> resource = client.genericKubernetesResources(kind)
                .inNamespace(name.namespace())
                .withName(name.name());
        GenericKubernetesResource found = resource.get();
        List<Map<String, Object>> wanted = found == null ? null : ours.apply(found);
        if (found == null || wanted == null) {
            return;
        }
        List<Object> entries = others(found);
        for (Map<String, Object> entry : wanted) {
            if (entries.size() < most) {
                entries.add(entry);
            }
        }
        Map<String, Object> patch = Map.of(
                "metadata",
                Map.of("resourceVersion", found.getMetadata().getResourceVersion()),
                "status",
                Map.of(list, entries));
        resource.subresource("status")
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .build(),
                        client.getKubernetesSerialization().asJson(patch));
    }

    private List<Object> others(GenericKubernetesResource found) {
        List<Object> others = new ArrayList<>();
        if (Inputs.body(found).at("status").fields().get(list) instanceof List<?> entries) {
            for (Object entry : entries) {
                if (!Tree.of(entry).text("controllerName").equals(RouteStatus.CONTROLLER)) {
                    others.add(entry);
                }
            }
        }
        return others;
    }
}
