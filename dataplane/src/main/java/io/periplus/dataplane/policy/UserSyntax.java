package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.Condition.OfServiceAccount.ServiceAccount;
import java.util.function.Function;

/** Values as users write them, where they are more than text. */
final class UserSyntax {
    private UserSyntax() {}

    static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 0xffff) {
                return port;
            }
        } catch (NumberFormatException e) {
            // reported below, with the range
        }
        throw new IllegalArgumentException("port \"" + text + "\" (expected: 1 to 65535)");
    }

    /** {@code account}, meaning one of the policy's own namespace, or {@code namespace/account}. */
    static Function<String, ServiceAccount> serviceAccountFrom(String policyNamespace) {
        return text -> {
            int slash = text.indexOf('/');
            return slash < 0
                    ? new ServiceAccount(policyNamespace, text)
                    : new ServiceAccount(text.substring(0, slash), text.substring(slash + 1));
        };
    }

    static StringMatcher path(String text) {
        return PathTemplate.isTemplate(text) ? PathTemplate.parse(text) : StringMatcher.parse(text, false);
    }
}
