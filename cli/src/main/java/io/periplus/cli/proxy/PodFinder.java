package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.cli.CliException;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Pods by what people name: {@code [<type>/]<name>[.<namespace>]}. */
public final class PodFinder {
    private static final Map<String, String> PLURALS = Map.ofEntries(
            Map.entry("deploy", "deployments"),
            Map.entry("deployment", "deployments"),
            Map.entry("deployments", "deployments"),
            Map.entry("ds", "daemonsets"),
            Map.entry("daemonset", "daemonsets"),
            Map.entry("daemonsets", "daemonsets"),
            Map.entry("sts", "statefulsets"),
            Map.entry("statefulset", "statefulsets"),
            Map.entry("statefulsets", "statefulsets"));

    private final KubeClient client;

    /** Of one cluster. */
    public PodFinder(KubeClient client) {
        this.client = client;
    }

    /**
     * A pod that runs; the first where several do.
     *
     * @param argument with the types {@code pod}, {@code deploy}, {@code ds}, {@code sts} and {@code gateway}
     * @param namespace where the argument names none
     * @throws CliException if there is none
     */
    public JsonNode find(String argument, String namespace) throws KubeException {
        int slash = argument.indexOf('/');
        String type = slash < 0 ? "pod" : argument.substring(0, slash);
        String rest = argument.substring(slash + 1);
        int dot = rest.indexOf('.');
        String name = dot < 0 ? rest : rest.substring(0, dot);
        String in = dot < 0 ? namespace : rest.substring(dot + 1);
        JsonNode found = switch (type) {
            case "pod", "pods", "po" -> client.find(Resource.PODS, in, name);
            case "gateway", "gateways", "gtw" -> first(in, Labels.GATEWAY_NAME + "=" + name);
            default -> ofOwner(type, in, name);
        };
        if (found == null) {
            throw new CliException("no pod of " + type + " \"" + name + "\" found in namespace \"" + in + "\"");
        }
        return found;
    }

    private @Nullable JsonNode ofOwner(String type, String namespace, String name) throws KubeException {
        String plural = PLURALS.get(type);
        if (plural == null) {
            throw new CliException("\"" + type + "\" is no type of pods (expected: pod, deploy, ds, sts or gateway)");
        }
        JsonNode owner = client.find(new Resource("apps", "v1", plural, true), namespace, name);
        if (owner == null) {
            throw new CliException(plural + " \"" + name + "\" not found in namespace \"" + namespace + "\"");
        }
        String selector = owner.at("/spec/selector/matchLabels").properties().stream()
                .map(label -> label.getKey() + "=" + label.getValue().asText())
                .collect(Collectors.joining(","));
        return first(namespace, selector);
    }

    private @Nullable JsonNode first(String namespace, String selector) throws KubeException {
        List<JsonNode> pods = client.list(Resource.PODS, namespace, selector);
        return pods.stream()
                .filter(pod -> Json.text(pod, "/status/phase", "").equals("Running"))
                .findFirst()
                .orElse(null);
    }
}
