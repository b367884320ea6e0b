package io.periplus.lab.apiserver.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.Path;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Requests that are answered and not stored: token requests and reviews, access reviews. */
public final class Reviews {
    private static final long TOKEN_SECONDS = 3600;

    private final ServiceAccountTokens tokens;
    private final Authorizer authorizer;

    public Reviews(ServiceAccountTokens tokens, Authorizer authorizer) {
        this.tokens = tokens;
        this.authorizer = authorizer;
    }

    /** Answers if the request is one of these. */
    public boolean handle(Call call, Path path) throws IOException {
        if (!call.method().equals("POST")) {
            return false;
        }
        if (path.group().isEmpty()
                && path.resource().equals("serviceaccounts")
                && path.subresource().equals("token")) {
            tokenRequest(call, path);
            return true;
        }
        switch (path.resource() + "." + path.group()) {
            case "tokenreviews.authentication.k8s.io" -> tokenReview(call);
            case "selfsubjectreviews.authentication.k8s.io" -> selfReview(call);
            case "selfsubjectaccessreviews.authorization.k8s.io" -> access(call, call.object(), call.user());
            case "subjectaccessreviews.authorization.k8s.io", "localsubjectaccessreviews.authorization.k8s.io" -> {
                ObjectNode review = call.object();
                JsonNode spec = review.path("spec");
                User user = new User(
                        Json.text(spec, "user"), Json.text(spec, "uid"), Json.texts(spec.path("groups")), Map.of());
                access(call, review, user);
            }
            case "selfsubjectrulesreviews.authorization.k8s.io" -> rules(call);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void tokenRequest(Call call, Path path) throws IOException {
        ObjectNode request = call.object();
        JsonNode spec = request.path("spec");
        long seconds = spec.path("expirationSeconds").asLong(TOKEN_SECONDS);
        JsonNode bound = spec.path("boundObjectRef");
        ServiceAccountTokens.Token token = tokens.issue(
                path.namespace(),
                path.name(),
                Json.texts(spec.path("audiences")),
                Duration.ofSeconds(seconds),
                Json.text(bound, "kind").equals("Pod") ? Json.text(bound, "name") : null);
        request.put("kind", "TokenRequest").put("apiVersion", "authentication.k8s.io/v1");
        ObjectNode meta = Meta.of(request);
        meta.put("name", path.name()).put("namespace", path.namespace()).put("creationTimestamp", Meta.now());
        Json.ensureObject(request, "spec").put("expirationSeconds", seconds);
        request.putObject("status")
                .put("token", token.token())
                .put("expirationTimestamp", Meta.timestamp(token.expires()));
        call.reply(201, request);
    }

    private void tokenReview(Call call) throws IOException {
        ObjectNode review = call.object();
        List<String> audiences = Json.texts(review.path("spec").path("audiences"));
        ServiceAccountTokens.Verified verified = tokens.verify(Json.text(review, "spec", "token"), audiences);
        ObjectNode status = review.putObject("status");
        if (verified == null) {
            status.put("authenticated", false);
            status.putObject("user");
            status.put("error", "invalid bearer token");
        } else {
            status.put("authenticated", true);
            status.set("user", userInfo(verified.user()));
            status.set("audiences", Json.array(verified.audiences()));
        }
        call.reply(201, review);
    }

    private static ObjectNode userInfo(User user) {
        ObjectNode info = Json.object().put("username", user.name());
        if (!user.uid().isEmpty()) {
            info.put("uid", user.uid());
        }
        info.set("groups", Json.array(user.groups()));
        if (!user.extra().isEmpty()) {
            ObjectNode extra = info.putObject("extra");
            user.extra().forEach((name, values) -> extra.set(name, Json.array(values)));
        }
        return info;
    }

    private static void selfReview(Call call) throws IOException {
        ObjectNode review = call.object();
        review.putObject("status").set("userInfo", userInfo(call.user()));
        call.reply(201, review);
    }

    private void access(Call call, ObjectNode review, User user) throws IOException {
        JsonNode wanted = review.path("spec").path("resourceAttributes");
        Action action = new Action(
                Json.text(wanted, "verb"),
                Json.text(wanted, "group"),
                Json.text(wanted, "resource"),
                Json.text(wanted, "subresource"),
                Json.text(wanted, "namespace"),
                Json.text(wanted, "name"));
        // Paths outside the API of resources are open to everyone with credentials.
        boolean allowed = wanted.isObject() ? authorizer.allowed(user, action) : !user.anonymous();
        ObjectNode status = review.putObject("status").put("allowed", allowed);
        if (!allowed) {
            status.put("reason", action.refusal(user));
        }
        call.reply(201, review);
    }

    private static void rules(Call call) throws IOException {
        ObjectNode review = call.object();
        ObjectNode status = review.putObject("status");
        ArrayNode resources = status.putArray("resourceRules");
        ObjectNode all = resources.addObject();
        all.putArray("verbs").add("*");
        all.putArray("apiGroups").add("*");
        all.putArray("resources").add("*");
        ObjectNode paths = status.putArray("nonResourceRules").addObject();
        paths.putArray("verbs").add("*");
        paths.putArray("nonResourceURLs").add("*");
        status.put("incomplete", false);
        call.reply(201, review);
    }
}
