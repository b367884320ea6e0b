package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.util.List;

/** Which ztunnel pod to ask. */
final class ZtunnelPods {
    /**
     * The chosen pod.
     *
     * @param workloadUidSuffix ends the uid of the only workload to show, or empty for all
     */
    record Choice(String namespace, String name, String workloadUidSuffix) {}

    private final KubeClient client;
    private final String systemNamespace;

    ZtunnelPods(KubeClient client, String systemNamespace) {
        this.client = client;
        this.systemNamespace = systemNamespace;
    }

    /** By argument, by node, or any; empty strings mean "not given". */
    Choice choose(String argument, String node, String namespaceFlag, boolean oneProxyOnly) throws KubeException {
        if (!node.isEmpty()) {
            return ztunnelOf(node, "");
        }
        if (!argument.isEmpty()) {
            return byArgument(argument, namespaceFlag);
        }
        List<JsonNode> ready = ztunnels();
        if (ready.isEmpty()) {
            throw nobody();
        }
        if (oneProxyOnly && ready.size() > 1) {
            throw new CliException("ztunnel pod name or --node must be set");
        }
        return choice(ready.getFirst(), "");
    }

    /** Every ztunnel that runs. */
    List<Choice> all() throws KubeException {
        List<JsonNode> ready = ztunnels();
        if (ready.isEmpty()) {
            throw nobody();
        }
        return ready.stream().map(pod -> choice(pod, "")).toList();
    }

    private CliException nobody() {
        return new CliException("no ready ztunnel pod in namespace \"" + systemNamespace
                + "\": is the mesh installed in this cluster?");
    }

    private Choice byArgument(String argument, String namespaceFlag) throws KubeException {
        int slash = argument.indexOf('/');
        String type = slash < 0 ? "pod" : argument.substring(0, slash);
        String rest = argument.substring(slash + 1);
        int dot = rest.indexOf('.');
        String name = dot < 0 ? rest : rest.substring(0, dot);
        String namespace = dot < 0 ? namespaceFlag : rest.substring(dot + 1);
        return switch (type) {
            case "ds", "daemonset", "daemonsets", "deploy", "deployment", "deployments" ->
                workload(name, namespace.isEmpty() ? systemNamespace : namespace);
            case "pod", "pods", "po" -> pod(name, namespace);
            default -> throw new CliException("\"" + argument + "\" names no ztunnel (expected: a pod, or ds/ztunnel)");
        };
    }

    /** {@code ds/ztunnel}; {@code deploy/ztunnel} is taken to mean the same. */
    private Choice workload(String name, String namespace) throws KubeException {
        List<JsonNode> pods = running(client.list(Resource.PODS, namespace, "app=" + name));
        if (pods.isEmpty()) {
            throw new CliException("no running pod with label app=" + name + " in namespace \"" + namespace + "\"");
        }
        return choice(pods.getFirst(), "");
    }

    private Choice pod(String name, String namespaceGiven) throws KubeException {
        String namespace = namespaceGiven.isEmpty() ? client.namespace() : namespaceGiven;
        JsonNode pod = client.find(Resource.PODS, namespace, name);
        if (pod == null && namespaceGiven.isEmpty()) {
            pod = client.find(Resource.PODS, systemNamespace, name);
        }
        if (pod == null) {
            throw new CliException("pods \"" + name + "\" not found in namespace \"" + namespace + "\"");
        }
        if (Json.label(pod, "app", "").equals("ztunnel")) {
            return choice(pod, "");
        }
        String suffix = "/" + Json.text(pod, "/metadata/namespace", "") + "/" + name;
        return ztunnelOf(Json.text(pod, "/spec/nodeName", ""), suffix);
    }

    private Choice ztunnelOf(String node, String workloadUidSuffix) throws KubeException {
        return ztunnels().stream()
                .filter(pod -> Json.text(pod, "/spec/nodeName", "").equals(node))
                .findFirst()
                .map(pod -> choice(pod, workloadUidSuffix))
                .orElseThrow(() -> new CliException("no ready ztunnel pod on node \"" + node + "\""));
    }

    private List<JsonNode> ztunnels() throws KubeException {
        return running(client.list(Resource.PODS, systemNamespace, "app=ztunnel"));
    }

    private static List<JsonNode> running(List<JsonNode> pods) {
        return pods.stream()
                .filter(pod -> Json.text(pod, "/status/phase", "").equals("Running"))
                .toList();
    }

    private static Choice choice(JsonNode pod, String workloadUidSuffix) {
        return new Choice(
                Json.text(pod, "/metadata/namespace", ""), Json.text(pod, "/metadata/name", ""), workloadUidSuffix);
    }
}
