package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ResourceType;
import java.time.Duration;
import java.time.Instant;

/** What controllers ask about pods, and how they make them. */
final class Pods {
    private Pods() {}

    static String phase(JsonNode pod) {
        return pod.path("status").path("phase").asText("Pending");
    }

    /** Neither finished nor on its way out. */
    static boolean active(JsonNode pod) {
        return !finished(pod) && !Meta.deleting(pod);
    }

    static boolean finished(JsonNode pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    static boolean ready(JsonNode pod) {
        return Conditions.isTrue(pod, "Ready");
    }

    /** Ready for at least {@code minReady}. */
    static boolean available(JsonNode pod, Duration minReady, Instant now) {
        return ready(pod) && (minReady.isZero() || !now.isBefore(readySince(pod).plus(minReady)));
    }

    static Instant readySince(JsonNode pod) {
        JsonNode condition = Conditions.find(pod, "Ready");
        return condition == null ? Instant.MAX : Meta.instant(condition.path("lastTransitionTime"), Instant.MIN);
    }

    static boolean scheduled(JsonNode pod) {
        return pod.path("spec").hasNonNull("nodeName");
    }

    /** A pod made from {@code spec.template} of its owner, without a name. */
    static ObjectNode fromTemplate(JsonNode template, ResourceType ownerType, ObjectNode owner) {
        ObjectNode pod = Meta.object();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata");
        JsonNode given = template.path("metadata");
        for (String field : new String[] {"labels", "annotations", "finalizers"}) {
            if (given.hasNonNull(field)) {
                metadata.set(field, given.get(field).deepCopy());
            }
        }
        metadata.put("namespace", Meta.namespace(owner));
        pod.set("spec", template.path("spec").deepCopy());
        OwnerReference.controller(ownerType, owner).addTo(pod);
        return pod;
    }
}
