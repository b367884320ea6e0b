package io.periplus.lab.store.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ClusterConfig;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.Part;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.types.Definition;
import io.periplus.lab.store.types.Registry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The chain every write passes, whoever makes it. */
public final class Admission {
    private final Supplier<Registry> registry;
    private final ObjectStore store;

    public Admission(ClusterConfig config, Supplier<Registry> registry, ObjectStore store) {
        this.registry = registry;
        this.store = store;
    }

    /** Completes a new object, or refuses it. */
    public void create(ResourceType type, ObjectNode object) {
        Definition definition = registry.get().find(type);
        if (definition != null && definition.generation()) {
            Meta.of(object).put("generation", 1);
        }
        Json.normalize(object);
        Names.check(type, object);
        checkNamespace(type, object);
        if (definition != null && definition.custom()) {
            if (definition.stored().status()) {
                object.remove("status");
            }
            CustomObjects.admit(definition, object, Part.MAIN);
            return;
        }
        Defaults.apply(type, object);
        InitialStatus.set(type, object);
        if (type.equals(ResourceType.POD)) {
            PodAdmission.admit(store, object);
        }
        Validation.create(type, object);
    }

    /** Completes a changed object, or refuses the change. */
    public void update(ResourceType type, Part part, ObjectNode before, ObjectNode after) {
        Json.normalize(after);
        Definition definition = registry.get().find(type);
        if (definition != null && definition.custom()) {
            CustomObjects.admit(definition, after, part);
            return;
        }
        if (part == Part.MAIN) {
            Defaults.apply(type, after);
            Validation.update(type, before, after);
        }
    }

    /** Refuses new objects in a namespace that is missing or going away. Called when the write is about to happen. */
    public void checkNamespace(ResourceType type, ObjectNode object) {
        if (!type.namespaced()) {
            return;
        }
        String name = Meta.namespace(object);
        @Nullable ObjectNode namespace = store.get(ResourceType.NAMESPACE, null, name);
        if (namespace == null) {
            throw ApiException.notFound(ResourceType.NAMESPACE, name);
        }
        if (Meta.isTerminating(namespace)) {
            throw ApiException.forbidden(
                    type,
                    Meta.name(object),
                    "unable to create new content in namespace " + name + " because it is being terminated");
        }
    }
}
