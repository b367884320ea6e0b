package io.periplus.model.gateway;

import io.periplus.api.Labels;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.collection.Index;
import io.periplus.model.collection.Source;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.RevisionTagInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.Watched;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which objects belong to which revision of the control plane. A tag is another name for a revision, kept by a Service of the
 * system namespace or by a MutatingWebhookConfiguration with the labels {@code istio.io/tag} and {@code istio.io/rev}.
 */
final class Revisions {
    /** What unlabelled objects of unlabelled namespaces belong to. */
    private static final String DEFAULT = "default";

    private static final Boolean TAGGED = true;

    private final MeshSettings mesh;
    private final Collection<String, NamespaceInput> namespaces;
    private final Collection<String, String> tags;

    Revisions(Graph graph, MeshSettings mesh, Watched watched, Source<String, MeshSettings> settings) {
        this.mesh = mesh;
        this.namespaces = watched.namespaces;
        Index<Boolean, ?, ServiceInput> tagServices = watched.services.index(
                service -> service.key().namespace().equals(mesh.rootNamespace()) && tagOf(service) != null
                        ? List.of(TAGGED)
                        : List.of());
        tags = graph.flatMap("revisionTags", settings, (fetch, ignored) -> {
            Map<String, String> found = new TreeMap<>();
            for (RevisionTagInput webhook : fetch.all(watched.revisionTags).values()) {
                found.put(webhook.tag(), webhook.revision());
            }
            for (ServiceInput service : fetch.by(tagServices, TAGGED)) {
                RevisionTagInput tag = tagOf(service);
                if (tag != null) {
                    found.put(tag.tag(), tag.revision());
                }
            }
            return found;
        });
    }

    private static @Nullable RevisionTagInput tagOf(ServiceInput service) {
        return RevisionTagInput.of(service.labels());
    }

    /** Whether an object belongs to this control plane: by its own label, else by its namespace's, else by the default. */
    boolean isOurs(Fetch fetch, String namespace, Map<String, String> labels) {
        String named = labels.get(Labels.REVISION);
        NamespaceInput object = fetch.get(namespaces, namespace);
        if (named == null && object != null) {
            named = object.labels().get(Labels.REVISION);
        }
        String name = named == null || named.isEmpty() ? DEFAULT : named;
        String tagged = fetch.get(tags, name);
        return mesh.revision().equals(tagged == null ? name : tagged);
    }
}
