package io.periplus.dataplane.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a request's token speaks for. A value {@code <issuer>/<subject>} is split at its last slash, and the two parts
 * compare with the token's own issuer and subject, so that no subject with a slash in it can pass for another issuer's.
 */
record RequestPrincipals(String field, List<Value> values, boolean negated) implements Condition {
    /**
     * One value.
     *
     * @param issuer {@code null} for any
     * @param subject {@code null} for any
     */
    record Value(
            String text,
            @Nullable StringMatcher issuer,
            @Nullable StringMatcher subject) {
        /** Reads the user's syntax. */
        static Value parse(String text) {
            int slash = text.lastIndexOf('/');
            String issuer = slash < 0 ? "" : text.substring(0, slash);
            String subject = text.substring(slash + 1);
            if (text.equals("*")) {
                return new Value(text, null, null);
            }
            if (text.startsWith("*")) {
                return slash < 0
                        ? new Value(text, null, new StringMatcher.Suffix(subject.substring(1), false))
                        : new Value(text, any(issuer) ? null : StringMatcher.parse(issuer, false), exact(subject));
            }
            if (text.endsWith("*")) {
                return slash < 0
                        ? new Value(text, StringMatcher.parse(text, false), null)
                        : new Value(text, exact(issuer), any(subject) ? null : StringMatcher.parse(subject, false));
            }
            return new Value(text, exact(issuer), exact(subject));
        }

        private static boolean any(String part) {
            return part.equals("*");
        }

        private static StringMatcher exact(String part) {
            return new StringMatcher.Exact(part, false);
        }

        boolean matches(CharSequence tokenIssuer, CharSequence tokenSubject) {
            return (issuer == null ? !tokenIssuer.isEmpty() : issuer.matches(tokenIssuer))
                    && (subject == null ? !tokenSubject.isEmpty() : subject.matches(tokenSubject));
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Override
    public boolean matches(RequestAttributes attributes) {
        HttpAttributes http = attributes.http();
        CharSequence issuer = http == null ? null : http.tokenIssuer();
        CharSequence subject = http == null ? null : http.tokenSubject();
        if (issuer == null || subject == null) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).matches(issuer, subject)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<String> expected() {
        return Condition.texts(values);
    }

    @Override
    public String actual(RequestAttributes attributes) {
        HttpAttributes http = attributes.http();
        return Condition.shown(http == null ? null : http.requestPrincipal());
    }

    @Override
    public boolean needsHttp() {
        return true;
    }
}
