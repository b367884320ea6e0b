package io.periplus.cli.install;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.cli.CliException;
import io.periplus.cli.Poll;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Installs the mesh in one cluster; repeating it brings the cluster to the same state again. */
public final class Installer {
    private static final String FIELD_MANAGER = "periplus-install";
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final String PART_OF = "app.kubernetes.io/part-of";

    private final KubeClient client;
    private final Values values;
    private final @Nullable SharedRoot root;
    private final Consumer<String> progress;

    /**
     * @param root signs the cluster's own authority; null leaves it to the control plane to make a self-signed one
     * @param progress gets a line for each part that is done
     */
    public Installer(KubeClient client, Values values, @Nullable SharedRoot root, Consumer<String> progress) {
        this.client = client;
        this.values = values;
        this.root = root;
        this.progress = progress;
    }

    /**
     * Applies everything, then waits until it runs.
     *
     * @param timeout of the wait
     * @throws CliException if it does not run in time; the message names the pods that are not ready and why
     */
    public void install(Duration timeout) throws IOException {
        applyNamespace();
        applyAuthority();
        applyDefinitions();
        progress.accept("✔ Istio core installed ⛵️");
        for (String template : List.of("istiod", "istio-cni", "ztunnel")) {
            for (JsonNode object : Charts.template(template, values)) {
                apply(object);
            }
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        Readiness readiness = new Readiness(client, values.namespace());
        readiness.await(Kinds.DEPLOYMENTS, "istiod", deadline);
        progress.accept("✔ Istiod installed 🧠");
        readiness.await(Kinds.DAEMON_SETS, "istio-cni-node", deadline);
        progress.accept("✔ CNI installed 🪢");
        readiness.await(Kinds.DAEMON_SETS, "ztunnel", deadline);
        progress.accept("✔ Ztunnel installed 🔒");
        progress.accept("✔ Installation complete");
    }

    /**
     * Removes what {@link #install} made, but for the namespace, the authority and the definitions, whose loss would take
     * the users' objects with them.
     */
    public void uninstall() throws KubeException {
        for (String template : List.of("ztunnel", "istio-cni", "istiod")) {
            // The pods first, so that they still have their rights when they clean up.
            for (JsonNode object : Charts.template(template, values).reversed()) {
                remove(object);
            }
        }
    }

    private void applyNamespace() throws KubeException {
        Map<String, Object> metadata = values.get("global.network").isEmpty()
                ? Map.of("name", values.namespace())
                : Map.of("name", values.namespace(), "labels", Map.of(Labels.NETWORK, values.get("global.network")));
        apply(Json.tree(Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", metadata)));
    }

    private void applyAuthority() throws IOException {
        if (root != null && client.find(Resource.SECRETS, values.namespace(), SharedRoot.SECRET) == null) {
            client.create(
                    Resource.SECRETS,
                    values.namespace(),
                    root.secret(values.namespace(), values.get("global.clusterName")));
        }
    }

    private void applyDefinitions() throws IOException {
        List<String> names = new ArrayList<>();
        for (JsonNode definition : Charts.gatewayApi()) {
            if (isOursOrAbsent(definition)) {
                apply(definition);
            }
            names.add(Json.text(definition, "/metadata/name", ""));
        }
        List<JsonNode> others = new ArrayList<>(Charts.istio());
        others.addAll(Charts.periplus());
        for (JsonNode definition : others) {
            apply(definition);
            names.add(Json.text(definition, "/metadata/name", ""));
        }
        for (String name : names) {
            boolean established = Poll.until(
                    Duration.ofSeconds(30), INTERVAL, () -> isEstablished(client.get(Kinds.DEFINITIONS, null, name)));
            if (!established) {
                throw new CliException("the definition " + name + " was not established within 30 s");
            }
        }
    }

    private boolean isOursOrAbsent(JsonNode definition) throws KubeException {
        JsonNode existing = client.find(Kinds.DEFINITIONS, null, Json.text(definition, "/metadata/name", ""));
        return existing == null || Json.label(existing, PART_OF, "").equals("periplus");
    }

    private static boolean isEstablished(JsonNode definition) {
        for (JsonNode condition : definition.at("/status/conditions")) {
            if (Json.text(condition, "/type", "").equals("Established")) {
                return Json.text(condition, "/status", "").equals("True");
            }
        }
        return false;
    }

    private void apply(JsonNode object) throws KubeException {
        client.apply(Kinds.of(object), namespaceOf(object), object, FIELD_MANAGER, true);
    }

    private void remove(JsonNode object) throws KubeException {
        String name = Json.text(object, "/metadata/name", "");
        try {
            client.delete(Kinds.of(object), namespaceOf(object), name);
        } catch (KubeException e) {
            if (e.isNotFound()) {
                return;
            }
            throw e;
        }
        String namespace = namespaceOf(object);
        progress.accept("  Removed " + Json.text(object, "/apiVersion", "") + ", Kind=" + Json.text(object, "/kind", "")
                + "/" + name + "." + (namespace == null ? "" : namespace) + ".");
    }

    private static @Nullable String namespaceOf(JsonNode object) {
        String namespace = Json.text(object, "/metadata/namespace", "");
        return namespace.isEmpty() ? null : namespace;
    }
}
