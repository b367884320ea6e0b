package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which objects an owner manages: those that name it as their controller. Objects that match its selector and have no
 * controller are adopted, those it manages that no longer match are released.
 */
final class Ownership {
    private Ownership() {}

    static List<ObjectNode> claim(
            ObjectStore store, ResourceType ownerType, ObjectNode owner, ResourceType type, Selector selector) {
        var claimed = new ArrayList<ObjectNode>();
        OwnerReference reference = OwnerReference.controller(ownerType, owner);
        for (ObjectNode each : store.list(type, Meta.namespace(owner))) {
            boolean matches = selector.matches(each);
            OwnerReference present = Meta.controller(each);
            if (present != null && present.uid().equals(reference.uid())) {
                if (matches || Meta.deleting(owner)) {
                    claimed.add(each);
                } else {
                    change(store, type, each, reference::removeFrom);
                }
            } else if (present == null && matches && !Meta.deleting(each) && !Meta.deleting(owner)) {
                claimed.add(change(store, type, each, reference::addTo));
            }
        }
        return claimed;
    }

    /** Keys of the objects of {@code type} to look at when {@code child} changed: its controller, or who could adopt it. */
    static List<Key> keysFor(ObjectStore store, ResourceType type, ObjectNode child) {
        OwnerReference controller = Meta.controller(child);
        if (controller != null) {
            return controller.kind().equals(type.kind()) && controller.group().equals(type.group())
                    ? List.of(new Key(Meta.namespace(child), controller.name()))
                    : List.of();
        }
        return store.list(type, Meta.namespace(child)).stream()
                .filter(owner ->
                        Selector.of(owner.path("spec").path("selector")).matches(child))
                .map(Key::of)
                .toList();
    }

    private static ObjectNode change(
            ObjectStore store, ResourceType type, ObjectNode object, Consumer<ObjectNode> change) {
        return store.update(type, Meta.namespace(object), Meta.name(object), copy -> {
            change.accept(copy);
            return copy;
        });
    }
}
