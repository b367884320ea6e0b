package io.periplus.cli.analyze.check;

import io.periplus.api.ObjectHead;
import io.periplus.api.limit.RateLimitPolicyParser;
import io.periplus.api.security.AuthorizationPolicyParser;
import io.periplus.api.security.PeerAuthenticationParser;
import io.periplus.api.security.RequestAuthenticationParser;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.text.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an object's schema cannot say, judged by the code that the control plane reads it with. */
final class Semantics {
    private Semantics() {}

    /** From JSON pointers to sentences. */
    static Map<String, String> problems(KubeObject object) {
        List<String> sentences = switch (object.kind()) {
            case AUTHORIZATION_POLICY ->
                AuthorizationPolicyParser.parse(head(object), spec(object)).problems();
            case PEER_AUTHENTICATION ->
                PeerAuthenticationParser.parse(head(object), spec(object)).problems();
            case REQUEST_AUTHENTICATION ->
                RequestAuthenticationParser.parse(head(object), spec(object)).allProblems();
            case RATE_LIMIT_POLICY ->
                RateLimitPolicyParser.parse(head(object), spec(object)).problems();
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

    private static ObjectHead head(KubeObject object) {
        return new ObjectHead(object.key(), 0, "", KubeObject.texts(object.at("/metadata/annotations")));
    }

    private static @Nullable Object spec(KubeObject object) {
        return Json.plain(object.at("/spec"));
    }
}
