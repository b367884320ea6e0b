package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** What every new object gets. */
final class NewObjects {
    /** How often a generated name may be taken before the client is told. */
    static final int NAME_ATTEMPTS = 8;

    /** Letters and digits that form no words, as Kubernetes uses for generated names. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private static final int SUFFIX_LENGTH = 5;
    private static final int BASE_MAX = 63 - SUFFIX_LENGTH;

    private NewObjects() {}

    static void prepare(ResourceType type, ObjectNode object) {
        ObjectNode meta = Meta.of(object);
        for (String serverSide : List.of(
                "resourceVersion",
                "selfLink",
                "generation",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "managedFields")) {
            meta.remove(serverSide);
        }
        if (!type.namespaced()) {
            meta.remove("namespace");
        }
        if (Meta.name(object).isEmpty()) {
            rename(object, object);
        }
        meta.put("uid", UUID.randomUUID().toString());
        meta.put("creationTimestamp", Meta.now());
    }

    /** Gives {@code fresh} another name made from the {@code generateName} of {@code template}. */
    static void rename(ObjectNode template, ObjectNode fresh) {
        String base = Json.text(template, "metadata", "generateName");
        if (base.isEmpty()) {
            return;
        }
        StringBuilder name = new StringBuilder(base.length() > BASE_MAX ? base.substring(0, BASE_MAX) : base);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            name.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        Meta.of(fresh).put("name", name.toString());
    }
}
