package io.periplus.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.api.why.PodName;
import io.periplus.cli.CliException;
import io.periplus.cli.text.Json;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The pods of a cluster, by what people name. */
public final class Pods {
    private static final Map<String, Resource> OWNERS = Map.of(
            "deployments", new Resource("apps", "v1", "deployments", true),
            "statefulsets", new Resource("apps", "v1", "statefulsets", true),
            "daemonsets", new Resource("apps", "v1", "daemonsets", true),
            "replicasets", new Resource("apps", "v1", "replicasets", true));

    /**
     * Found pods.
     *
     * @param first that runs
     * @param more how many others run
     */
    public record Found(JsonNode first, int more) {}

    private final KubeClient client;

    /** Of one cluster. */
    public Pods(KubeClient client) {
        this.client = client;
    }

    /**
     * Those of {@code [<type>/]<name>[.<namespace>]}, where a type is a workload's, {@code svc}, {@code gateway} or {@code pod}.
     *
     * @param namespaceGiven where the argument names none
     * @throws CliException if there is none that runs; a pod that is named itself need not
     */
    public Found find(String argument, String namespaceGiven) throws KubeException {
        int slash = argument.indexOf('/');
        String type = slash < 0 ? "pod" : argument.substring(0, slash);
        String rest = argument.substring(slash + 1);
        int dot = rest.indexOf('.');
        String name = dot < 0 ? rest : rest.substring(0, dot);
        String namespace = dot < 0 ? namespaceGiven : rest.substring(dot + 1);
        Resource owner = OWNERS.get(plural(type));
        if (owner != null) {
            JsonNode object = client.find(owner, namespace, name);
            if (object == null) {
                throw notFound(owner.plural(), name, namespace);
            }
            return ofSelector(argument, namespace, object.at("/spec/selector/matchLabels"));
        }
        if (plural(type).equals("services")) {
            JsonNode service = client.find(Resource.SERVICES, namespace, name);
            if (service == null) {
                throw notFound("services", name, namespace);
            }
            return ofSelector(argument, namespace, service.at("/spec/selector"));
        }
        if (plural(type).equals("gateways")) {
            return ofSelector(argument, namespace, Labels.GATEWAY_NAME + "=" + name);
        }
        if (!plural(type).equals("pods")) {
            throw new CliException("\"" + argument
                    + "\" names no pod (expected: a pod, or deploy/, sts/, ds/, rs/, svc/ or gateway/ with a name)");
        }
        JsonNode pod = get(namespace, name);
        if (pod == null) {
            throw notFound("pods", name, namespace);
        }
        return new Found(pod, 0);
    }

    private static String plural(String type) {
        return switch (type) {
            case "deploy", "deployment", "deployments" -> "deployments";
            case "sts", "statefulset", "statefulsets" -> "statefulsets";
            case "ds", "daemonset", "daemonsets" -> "daemonsets";
            case "rs", "replicaset", "replicasets" -> "replicasets";
            case "svc", "service", "services" -> "services";
            case "gtw", "gateway", "gateways" -> "gateways";
            case "po", "pod", "pods" -> "pods";
            default -> type;
        };
    }

    private static CliException notFound(String kind, String name, String namespace) {
        return new CliException(kind + " \"" + name + "\" not found in namespace \"" + namespace + "\"");
    }

    private Found ofSelector(String argument, String namespace, JsonNode labels) throws KubeException {
        StringJoiner selector = new StringJoiner(",");
        labels.properties()
                .forEach(label ->
                        selector.add(label.getKey() + "=" + label.getValue().asText()));
        return ofSelector(argument, namespace, selector.toString());
    }

    private Found ofSelector(String argument, String namespace, String selector) throws KubeException {
        List<JsonNode> running = running(namespace, selector);
        if (running.isEmpty()) {
            throw new CliException(argument + " has no running pod in namespace \"" + namespace + "\"");
        }
        return new Found(running.getFirst(), running.size() - 1);
    }

    /** The running pods with these labels. */
    public List<JsonNode> running(String namespace, String selector) throws KubeException {
        return client.list(Resource.PODS, namespace, selector).stream()
                .filter(Pods::isRunning)
                .toList();
    }

    /** A pod, or null if there is none. */
    public @Nullable JsonNode get(String namespace, String name) throws KubeException {
        return client.find(Resource.PODS, namespace, name);
    }

    /** Whether it runs and is not about to end. */
    public static boolean isRunning(JsonNode pod) {
        return Json.text(pod, "/status/phase", "").equals("Running")
                && Json.text(pod, "/metadata/deletionTimestamp", "").isEmpty();
    }

    /** Its name. */
    public static PodName nameOf(JsonNode pod) {
        return new PodName(Json.text(pod, "/metadata/namespace", ""), Json.text(pod, "/metadata/name", ""));
    }

    /** Its address; empty if it has none yet. */
    public static String addressOf(JsonNode pod) {
        return Json.text(pod, "/status/podIP", "");
    }

    /** Its node; empty if it has none yet. */
    public static String nodeOf(JsonNode pod) {
        return Json.text(pod, "/spec/nodeName", "");
    }
}
