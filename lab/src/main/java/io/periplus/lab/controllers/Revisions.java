package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Types.CONTROLLER_REVISION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.util.Comparator;
import java.util.List;

/**
 * The templates a DaemonSet or StatefulSet has had, as {@code ControllerRevision} objects: {@code kubectl rollout history}
 * lists them, {@code rollout undo} applies one again.
 */
final class Revisions {
    private static final int DEFAULT_HISTORY = 10;

    private final ObjectStore store;
    private final ResourceType ownerType;

    Revisions(ObjectStore store, ResourceType ownerType) {
        this.store = store;
        this.ownerType = ownerType;
    }

    /** A name for the present template of {@code owner}, the same whenever that template comes back. */
    static String hash(ObjectNode owner) {
        return Canonical.hash(Canonical.text(owner.path("spec").path("template")));
    }

    /** Notes that the present template is the latest one, and forgets the oldest notes. */
    void record(ObjectNode owner) {
        String name = Meta.name(owner) + "-" + hash(owner);
        Selector selector = Selector.of(owner.path("spec").path("selector"));
        List<ObjectNode> present = Ownership.claim(store, ownerType, owner, CONTROLLER_REVISION, selector).stream()
                .sorted(Comparator.comparingLong(Revisions::number))
                .toList();
        ObjectNode latest = present.isEmpty() ? null : present.getLast();
        if (latest != null && Meta.name(latest).equals(name)) {
            return;
        }
        long number = latest == null ? 1 : number(latest) + 1;
        if (present.stream().anyMatch(revision -> Meta.name(revision).equals(name))) {
            store.update(CONTROLLER_REVISION, Meta.namespace(owner), name, copy -> copy.put("revision", number));
        } else {
            create(owner, name, number);
        }
        int keep = owner.path("spec").path("revisionHistoryLimit").asInt(DEFAULT_HISTORY);
        for (ObjectNode old : present.subList(0, Math.max(0, present.size() - keep))) {
            store.delete(CONTROLLER_REVISION, Meta.namespace(old), Meta.name(old), null, Meta.uid(old));
        }
    }

    private void create(ObjectNode owner, String name, long number) {
        ObjectNode revision = Meta.object(CONTROLLER_REVISION, Meta.namespace(owner), name);
        JsonNode template = owner.path("spec").path("template");
        ObjectNode labels = Meta.strings(Meta.labels(template));
        labels.put(DaemonSetController.REVISION_LABEL, hash(owner));
        revision.withObject("/metadata").set("labels", labels);
        OwnerReference.controller(ownerType, owner).addTo(revision);
        ObjectNode patch = template.deepCopy();
        patch.put("$patch", "replace");
        revision.putObject("data").putObject("spec").set("template", patch);
        revision.put("revision", number);
        store.create(CONTROLLER_REVISION, revision);
    }

    private static long number(JsonNode revision) {
        return revision.path("revision").asLong();
    }
}
