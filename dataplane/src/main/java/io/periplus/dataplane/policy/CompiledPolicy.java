package io.periplus.dataplane.policy;

import com.google.protobuf.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy ready to be judged.
 *
 * @param source the policy as it was received
 * @param unreadable why the policy could not be understood, which closes what it applies to; {@code null} if it was
 * @param httpRules for requests
 * @param tcpRules for connections: rules of ALLOW that need HTTP are gone, other actions ignore the HTTP conditions
 */
public record CompiledPolicy(
        String namespace,
        String name,
        Action action,
        PolicyScope scope,
        boolean dryRun,
        Message source,
        @Nullable String unreadable,
        List<Rule> httpRules,
        List<Rule> tcpRules) {
    /** What a matching rule does. */
    public enum Action {
        ALLOW,
        DENY,
        AUDIT,
        CUSTOM
    }

    /** The resource name {@code namespace/name}. */
    public String key() {
        return namespace + "/" + name;
    }

    /** The extension provider of a CUSTOM policy; empty where none is named. */
    String provider() {
        return source instanceof io.periplus.wire.waypoint.AuthorizationPolicy policy ? policy.getProvider() : "";
    }

    /** Whether any of its rules asks for the server name of the client's own TLS. */
    boolean asksForServerName() {
        return tcpRules.stream().anyMatch(Rule::asksForServerName);
    }

    /** The rule that holds, or {@code null}. */
    @Nullable
    Rule matching(RequestAttributes attributes) {
        List<Rule> rules = rulesFor(attributes);
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).test(attributes)) {
                return rules.get(i);
            }
        }
        return null;
    }

    List<Rule> rulesFor(RequestAttributes attributes) {
        return attributes.http() == null ? tcpRules : httpRules;
    }
}
