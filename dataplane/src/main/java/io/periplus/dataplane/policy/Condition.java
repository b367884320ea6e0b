package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.address.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One field of a policy against one attribute. A negated condition holds when none of its values matches. */
sealed interface Condition {
    /** Whether it holds. Allocates nothing. */
    boolean test(RequestAttributes attributes);

    /** The field's name as users write it. */
    String field();

    /** The policy's values as users write them, for an explanation. */
    List<String> expected();

    /** Whether it holds when none of its values matches. */
    boolean negated();

    /** What the attribute was, for an explanation. */
    String actual(RequestAttributes attributes);

    /** Whether it asks about HTTP, which a TCP connection cannot answer. */
    default boolean needsHttp() {
        return false;
    }

    /** How a string attribute is read; {@code null} when it is absent. */
    @FunctionalInterface
    interface StringAttribute {
        @Nullable
        CharSequence of(RequestAttributes attributes);
    }

    /** How a string attribute of a request is read; {@code null} when it is absent. */
    @FunctionalInterface
    interface HttpAttribute {
        @Nullable
        CharSequence of(HttpAttributes http);
    }

    /** How an address is read. */
    @FunctionalInterface
    interface AddressAttribute {
        IpAddress of(RequestAttributes attributes);
    }

    private static boolean any(List<? extends StringMatcher> matchers, @Nullable CharSequence value) {
        if (value == null) {
            return false;
        }
        for (int i = 0; i < matchers.size(); i++) {
            if (matchers.get(i).matches(value)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> texts(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private static String shown(@Nullable CharSequence value) {
        return value == null ? "absent" : "\"" + value + "\"";
    }

    /** A string of the connection. */
    record OfString(String field, StringAttribute attribute, List<StringMatcher> values, boolean negated)
            implements Condition {
        @Override
        public boolean test(RequestAttributes attributes) {
            return any(values, attribute.of(attributes)) != negated;
        }

        @Override
        public List<String> expected() {
            return texts(values);
        }

        @Override
        public String actual(RequestAttributes attributes) {
            return shown(attribute.of(attributes));
        }
    }

    /** A string of the request. */
    record OfHttp(String field, HttpAttribute attribute, List<StringMatcher> values, boolean negated)
            implements Condition {
        @Override
        public boolean test(RequestAttributes attributes) {
            HttpAttributes http = attributes.http();
            return any(values, http == null ? null : attribute.of(http)) != negated;
        }

        @Override
        public List<String> expected() {
            return texts(values);
        }

        @Override
        public String actual(RequestAttributes attributes) {
            HttpAttributes http = attributes.http();
            return shown(http == null ? null : attribute.of(http));
        }

        @Override
        public boolean needsHttp() {
            return true;
        }
    }

    /** A claim of the request's token; one of its values has to match. */
    record OfClaim(String field, List<String> path, List<StringMatcher> values, boolean negated) implements Condition {
        @Override
        public boolean test(RequestAttributes attributes) {
            HttpAttributes http = attributes.http();
            boolean found = false;
            if (http != null) {
                for (CharSequence value : http.claim(path)) {
                    found |= any(values, value);
                }
            }
            return found != negated;
        }

        @Override
        public List<String> expected() {
            return texts(values);
        }

        @Override
        public String actual(RequestAttributes attributes) {
            HttpAttributes http = attributes.http();
            return http == null ? "absent" : String.valueOf(http.claim(path));
        }

        @Override
        public boolean needsHttp() {
            return true;
        }
    }

    /** An address in one of several blocks. */
    record OfAddress(String field, AddressAttribute attribute, List<Cidr> blocks, boolean negated)
            implements Condition {
        @Override
        public boolean test(RequestAttributes attributes) {
            IpAddress address = attribute.of(attributes);
            for (int i = 0; i < blocks.size(); i++) {
                if (blocks.get(i).contains(address)) {
                    return !negated;
                }
            }
            return negated;
        }

        @Override
        public List<String> expected() {
            return texts(blocks);
        }

        @Override
        public String actual(RequestAttributes attributes) {
            return attribute.of(attributes).toString();
        }
    }

    /** The destination's port. */
    record OfPort(String field, List<Integer> ports, boolean negated) implements Condition {
        @Override
        public boolean test(RequestAttributes attributes) {
            int port = attributes.destinationPort();
            for (int i = 0; i < ports.size(); i++) {
                if (ports.get(i) == port) {
                    return !negated;
                }
            }
            return negated;
        }

        @Override
        public List<String> expected() {
            return texts(ports);
        }

        @Override
        public String actual(RequestAttributes attributes) {
            return Integer.toString(attributes.destinationPort());
        }
    }

    /** The client's service account, whatever its trust domain. */
    record OfServiceAccount(String field, List<ServiceAccount> accounts, boolean negated) implements Condition {
        /** A service account of a namespace. */
        record ServiceAccount(String namespace, String name) {
            @Override
            public String toString() {
                return namespace + "/" + name;
            }
        }

        @Override
        public boolean test(RequestAttributes attributes) {
            SpiffeId client = attributes.client();
            if (client == null) {
                return negated;
            }
            for (int i = 0; i < accounts.size(); i++) {
                ServiceAccount account = accounts.get(i);
                if (account.name.equals(client.serviceAccount()) && account.namespace.equals(client.namespace())) {
                    return !negated;
                }
            }
            return negated;
        }

        @Override
        public List<String> expected() {
            return texts(accounts);
        }

        @Override
        public String actual(RequestAttributes attributes) {
            SpiffeId client = attributes.client();
            return client == null ? "absent" : "\"" + client.namespace() + "/" + client.serviceAccount() + "\"";
        }
    }
}
