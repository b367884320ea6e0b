package io.periplus.cli.why;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.why.Answer;
import io.periplus.api.why.PodName;
import io.periplus.api.why.Question;
import io.periplus.api.why.WhyJson;
import io.periplus.cli.CliException;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Pods;
import io.periplus.cli.kube.PortForward;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds proxies and asks them, through port-forwards to their admin port. */
final class Proxies {
    private static final int ADMIN_PORT = 15000;

    private final KubeClient client;
    private final String systemNamespace;
    private @Nullable List<JsonNode> ztunnels;

    Proxies(KubeClient client, String systemNamespace) {
        this.client = client;
        this.systemNamespace = systemNamespace;
    }

    /** The ztunnel of a node; of any if the node is empty. Null if it has none that runs. */
    @Nullable
    PodName ztunnelOf(String node) throws KubeException {
        List<JsonNode> known = ztunnels;
        if (known == null) {
            known = client.list(Resource.PODS, systemNamespace, "app=ztunnel").stream()
                    .filter(Pods::isRunning)
                    .toList();
            ztunnels = known;
        }
        return known.stream()
                .filter(pod ->
                        node.isEmpty() || Json.text(pod, "/spec/nodeName", "").equals(node))
                .findFirst()
                .map(Pods::nameOf)
                .orElse(null);
    }

    /** Asks the proxy in this pod. */
    Answer ask(PodName pod, Question question) throws IOException {
        byte[] answer = post(pod, "/why", WhyJson.write(question));
        return WhyJson.read(answer, Answer.class);
    }

    private byte[] post(PodName pod, String path, byte[] body) throws IOException {
        return http(pod, "POST", path, body);
    }

    /** The body of the proxy's answer. Any thread may ask. */
    byte[] get(PodName pod, String path) throws IOException {
        return http(pod, "GET", path, new byte[0]);
    }

    private byte[] http(PodName pod, String method, String path, byte[] body) throws IOException {
        try (PortForward forward = client.forward(pod.namespace(), pod.name(), ADMIN_PORT)) {
            return forward.http(method, path, body);
        } catch (CliException e) {
            throw new CliException("proxy " + pod + ": " + e.getMessage());
        }
    }
}
