package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.address.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One field of a policy against one attribute. A negated condition holds when none of its values matches. */
sealed interface Condition
        permits Condition.OfText,
                HeaderCondition,
                Condition.OfClaim,
                RequestPrincipals,
                Condition.OfAddress,
                Condition.OfPort,
                Condition.OfServiceAccount {
    /** The field's name as users write it. */
    String field();

    /** Whether it holds when none of its values matches. */
    boolean negated();

    /** Whether one of the values matches. Allocates nothing. */
    boolean matches(RequestAttributes attributes);

    /** The policy's values as users write them, for an explanation. */
    List<String> expected();

    /** What the attribute was, for an explanation. */
    String actual(RequestAttributes attributes);

    /** Whether it asks about HTTP, which a TCP connection cannot answer. */
    default boolean needsHttp() {
        return false;
    }

    /** Whether it holds. */
    default boolean test(RequestAttributes attributes) {
        return matches(attributes) != negated();
    }

    /** How an address is read. */
    @FunctionalInterface
    interface AddressAttribute {
        IpAddress of(RequestAttributes attributes);
    }

    /** For an explanation. */
    static List<String> texts(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    /** For an explanation. */
    static String shown(@Nullable CharSequence value) {
        return value == null ? "absent" : "\"" + value + "\"";
    }

    /** A text of the connection or of the request. */
    record OfText(String field, TextAttribute attribute, TextMatchers values, boolean negated) implements Condition {
        @Override
        public boolean matches(RequestAttributes attributes) {
            return values.match(attribute.of(attributes));
        }

        @Override
        public List<String> expected() {
            return texts(values.all());
        }

        @Override
        public String actual(RequestAttributes attributes) {
            return shown(attribute.of(attributes));
        }

        @Override
        public boolean needsHttp() {
            return attribute.http();
        }
    }

    /** A claim of the request's token; one of its values has to match. */
    record OfClaim(String field, List<String> path, TextMatchers values, boolean negated) implements Condition {
        @Override
        public boolean matches(RequestAttributes attributes) {
            HttpAttributes http = attributes.http();
            if (http != null) {
                for (CharSequence value : http.claim(path)) {
                    if (values.match(value)) {
                        return true;
                    }
                }
            }
            return false;
        }

        @Override
        public List<String> expected() {
            return texts(values.all());
        }

        @Override
        public String actual(RequestAttributes attributes) {
            HttpAttributes http = attributes.http();
            Iterable<? extends CharSequence> found = http == null ? List.of() : http.claim(path);
            return found.iterator().hasNext() ? found.toString() : "absent";
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
        public boolean matches(RequestAttributes attributes) {
            IpAddress address = attribute.of(attributes);
            for (int i = 0; i < blocks.size(); i++) {
                if (blocks.get(i).contains(address)) {
                    return true;
                }
            }
            return false;
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
        public boolean matches(RequestAttributes attributes) {
            int port = attributes.destinationPort();
            for (int i = 0; i < ports.size(); i++) {
                if (ports.get(i) == port) {
                    return true;
                }
            }
            return false;
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
        public boolean matches(RequestAttributes attributes) {
            SpiffeId client = attributes.client();
            if (client == null) {
                return false;
            }
            for (int i = 0; i < accounts.size(); i++) {
                ServiceAccount account = accounts.get(i);
                if (account.name.equals(client.serviceAccount()) && account.namespace.equals(client.namespace())) {
                    return true;
                }
            }
            return false;
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
