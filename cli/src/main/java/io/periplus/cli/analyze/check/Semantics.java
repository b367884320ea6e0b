package io.periplus.cli.analyze.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.security.AuthorizationPolicyParser;
import io.periplus.api.security.PeerAuthenticationParser;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.text.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an object's schema cannot say, judged by the code that the control plane reads it with. */
final class Semantics {
    private Semantics() {}

    /** From JSON pointers to sentences. */
    static Map<String, String> problems(KubeObject object) {
        List<String> sentences = switch (object.kind()) {
            case AUTHORIZATION_POLICY ->
                AuthorizationPolicyParser.parse(resource(object)).problems();
            case PEER_AUTHENTICATION ->
                PeerAuthenticationParser.parse(resource(object)).problems();
            case SERVICE_ENTRY -> ServiceEntryRules.problems(object);
            default -> List.of();
        };
        Map<String, String> problems = new LinkedHashMap<>();
        for (String sentence : sentences) {
            int colon = sentence.indexOf(": ");
            String path = colon < 0 ? "" : pointer(sentence.substring(0, colon));
            problems.merge(path, colon < 0 ? sentence : sentence.substring(colon + 2), (a, b) -> a + "; " + b);
        }
        return problems;
    }

    /** {@code spec.rules[0].from} as a JSON pointer. */
    private static String pointer(String path) {
        return "/" + path.replace(".", "/").replace("[", "/").replace("]", "");
    }

    private static GenericKubernetesResource resource(KubeObject object) {
        ObjectNode body = object.body().deepCopy();
        body.withObject("/metadata").put("namespace", object.namespace()).put("name", object.name());
        try {
            return Json.MAPPER.treeToValue(body, GenericKubernetesResource.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(object.title() + " cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
