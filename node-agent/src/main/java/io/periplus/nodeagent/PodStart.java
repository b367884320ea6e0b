package io.periplus.nodeagent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What the CNI plugin says of a pod that is about to start, in the form that upstream's plugin and agent speak.
 *
 * @param netns path of the pod's network namespace, as the node sees it
 * @param uid empty if the plugin does not say, as upstream's does not
 * @param addresses that the pod has been given; the API does not know them yet
 */
record PodStart(String netns, String namespace, String name, String uid, List<InetAddress> addresses) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws IllegalArgumentException if it is nothing of the kind; the message says why */
    static PodStart parse(byte[] body) {
        JsonNode event;
        try {
            event = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (JsonNode ip : event.path("IPs")) {
            String address = ip.path("Address").path("IP").asText();
            if (address.isEmpty()) {
                throw new IllegalArgumentException("IPs: an entry without Address.IP: " + ip);
            }
            addresses.add(InetAddress.ofLiteral(address));
        }
        return new PodStart(
                text(event, "Netns"),
                text(event, "PodNamespace"),
                text(event, "PodName"),
                event.path("PodUID").asText(),
                List.copyOf(addresses));
    }

    private static String text(JsonNode event, String field) {
        String text = event.path(field).asText();
        if (text.isEmpty()) {
            throw new IllegalArgumentException(field + ": missing (expected: Netns, PodName and PodNamespace)");
        }
        return text;
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
