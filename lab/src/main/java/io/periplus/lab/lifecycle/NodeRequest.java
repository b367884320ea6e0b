package io.periplus.lab.lifecycle;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The request {@code node <action> <cluster>/<node>} to the lab process, whose answer is the node as JSON, or
 * {@code error: } and why not.
 */
final class NodeRequest {
    static final String PREFIX = "node ";
    private static final String ERROR = "error: ";
    private static final Logger log = LoggerFactory.getLogger(NodeRequest.class);

    private NodeRequest() {}

    static String of(String node, NodeAction action) {
        return PREFIX + action.name().toLowerCase(Locale.ROOT) + " " + node;
    }

    /** @throws IOException with what the lab process said against it */
    static LabStatus.Node read(String answer) throws IOException {
        if (!answer.startsWith("{")) {
            throw new IOException(answer.startsWith(ERROR) ? answer.substring(ERROR.length()) : answer);
        }
        return Json.MAPPER.readValue(answer, LabStatus.Node.class);
    }

    static String answer(String request, Map<String, LabCluster> clusters) {
        String[] words = request.split(" ", 3);
        String name = words[2];
        NodeAction action = NodeAction.valueOf(words[1].toUpperCase(Locale.ROOT));
        int slash = name.indexOf('/');
        try {
            for (Map.Entry<String, LabCluster> cluster : clusters.entrySet()) {
                if (slash >= 0 && !name.substring(0, slash).equals(cluster.getKey())) {
                    continue;
                }
                LabStatus.Node node = cluster.getValue().act(name.substring(slash + 1), action);
                if (node != null) {
                    return Json.MAPPER.writeValueAsString(node);
                }
            }
            return ERROR + "the lab has no such node (periplus lab status lists them)";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            log.error("{}", request, e);
            return ERROR + e.getMessage();
        }
    }
}
