package io.periplus.lab.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the ServiceAccount, DefaultTolerationSeconds and Priority admission plugins do with a new pod. */
final class PodAdmission {
    private static final String TOKEN_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";
    /** Just over an hour, by which the API server knows tokens of this volume. */
    private static final int TOKEN_SECONDS = 3607;

    private static final int TOLERATION_SECONDS = 300;
    private static final int MODE = 0644;

    private PodAdmission() {}

    static void admit(ObjectStore store, ObjectNode pod) {
        ObjectNode spec = Json.ensureObject(pod, "spec");
        PodDefaults.running(spec);
        serviceAccount(store, pod, spec);
        tolerations(spec);
    }

    private static void serviceAccount(ObjectStore store, ObjectNode pod, ObjectNode spec) {
        String name = Json.text(spec, "serviceAccountName");
        @Nullable ObjectNode account = store.get(ResourceType.SERVICE_ACCOUNT, Meta.namespace(pod), name);
        // Every namespace gets its default account; a pod may come a moment before it.
        if (account == null && !name.equals("default")) {
            throw ApiException.forbidden(
                    ResourceType.POD,
                    Meta.name(pod),
                    "error looking up service account " + Meta.namespace(pod) + "/" + name + ": serviceaccount \""
                            + name + "\" not found");
        }
        if (account != null
                && spec.path("imagePullSecrets").isEmpty()
                && !account.path("imagePullSecrets").isEmpty()) {
            spec.set("imagePullSecrets", account.path("imagePullSecrets").deepCopy());
        }
        if (mountsToken(spec, account)) {
            mountToken(spec);
        }
    }

    private static boolean mountsToken(ObjectNode spec, @Nullable ObjectNode account) {
        JsonNode own = spec.path("automountServiceAccountToken");
        if (own.isBoolean()) {
            return own.asBoolean();
        }
        return account == null || account.path("automountServiceAccountToken").asBoolean(true);
    }

    private static void mountToken(ObjectNode spec) {
        String volume = "kube-api-access-" + UUID.randomUUID().toString().substring(0, 5);
        boolean used = false;
        for (String list : List.of("initContainers", "containers")) {
            for (ObjectNode container : Json.objects(spec.path(list))) {
                ArrayNode mounts = container.withArray("volumeMounts");
                boolean has = Json.objects(mounts).stream()
                        .anyMatch(mount -> Json.text(mount, "mountPath").equals(TOKEN_DIRECTORY));
                if (!has) {
                    mounts.addObject()
                            .put("mountPath", TOKEN_DIRECTORY)
                            .put("name", volume)
                            .put("readOnly", true);
                    used = true;
                }
            }
        }
        if (used) {
            spec.withArray("volumes").add(tokenVolume(volume));
        }
    }

    private static ObjectNode tokenVolume(String name) {
        ObjectNode volume = Json.object().put("name", name);
        ObjectNode projected = volume.putObject("projected");
        projected.put("defaultMode", MODE);
        ArrayNode sources = projected.putArray("sources");
        sources.addObject()
                .putObject("serviceAccountToken")
                .put("expirationSeconds", TOKEN_SECONDS)
                .put("path", "token");
        ObjectNode configMap = sources.addObject().putObject("configMap").put("name", "kube-root-ca.crt");
        configMap.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
        ObjectNode item =
                sources.addObject().putObject("downwardAPI").putArray("items").addObject();
        item.putObject("fieldRef").put("apiVersion", "v1").put("fieldPath", "metadata.namespace");
        item.put("path", "namespace");
        return volume;
    }

    private static void tolerations(ObjectNode spec) {
        ArrayNode tolerations = spec.withArray("tolerations");
        for (String key : List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")) {
            boolean tolerated = Json.objects(tolerations).stream().anyMatch(toleration -> tolerates(toleration, key));
            if (!tolerated) {
                tolerations
                        .addObject()
                        .put("effect", "NoExecute")
                        .put("key", key)
                        .put("operator", "Exists")
                        .put("tolerationSeconds", TOLERATION_SECONDS);
            }
        }
    }

    private static boolean tolerates(ObjectNode toleration, String taint) {
        String key = Json.text(toleration, "key");
        String effect = Json.text(toleration, "effect");
        return (key.isEmpty() || key.equals(taint)) && (effect.isEmpty() || effect.equals("NoExecute"));
    }
}
