package io.periplus.model.policy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.periplus.api.Cidr;
import io.periplus.api.security.Ports;
import io.periplus.wire.authorization.Address;
import io.periplus.wire.authorization.ServiceAccountMatch;
import io.periplus.wire.authorization.StringMatch;
import java.util.List;

/** Values of policies in the form that ztunnel compares with. */
final class L4Values {
    private L4Values() {}

    static List<StringMatch> strings(List<String> values) {
        return values.stream().map(L4Values::string).toList();
    }

    private static StringMatch string(String value) {
        if (value.equals("*")) {
            return presence();
        }
        if (value.startsWith("*")) {
            return StringMatch.newBuilder().setSuffix(value.substring(1)).build();
        }
        return value.endsWith("*")
                ? prefix(value.substring(0, value.length() - 1))
                : StringMatch.newBuilder().setExact(value).build();
    }

    /** Namespaces. One with a star inside becomes what is before the star, which matches more. */
    static List<StringMatch> namespaces(List<String> values) {
        return values.stream()
                .map(value -> {
                    if (!hasStarInside(value)) {
                        return string(value);
                    }
                    int star = value.indexOf('*');
                    return star == 0 ? presence() : prefix(value.substring(0, star));
                })
                .toList();
    }

    /** Whether ztunnel's four ways of comparing cannot say it. */
    static boolean hasStarInside(String value) {
        return value.length() > 1 && value.substring(1, value.length() - 1).indexOf('*') >= 0
                || value.length() > 1 && value.startsWith("*") && value.endsWith("*");
    }

    /** Trust domains, as principals that begin with them. */
    static List<StringMatch> trustDomains(List<String> values) {
        return values.stream()
                .map(value -> value.equals("*")
                        ? presence()
                        : value.endsWith("*") ? prefix(value.substring(0, value.length() - 1)) : prefix(value + "/"))
                .toList();
    }

    /** Whether no beginning of a principal says it. */
    static boolean isEndOfTrustDomain(String value) {
        return value.length() > 1 && value.startsWith("*");
    }

    private static StringMatch presence() {
        return StringMatch.newBuilder().setPresence(Empty.getDefaultInstance()).build();
    }

    private static StringMatch prefix(String prefix) {
        return StringMatch.newBuilder().setPrefix(prefix).build();
    }

    static List<Address> addresses(List<String> values) {
        return values.stream()
                .flatMap(value -> Cidr.parse(value).stream())
                .map(cidr -> Address.newBuilder()
                        .setAddress(ByteString.copyFrom(cidr.address().getAddress()))
                        .setLength(cidr.length())
                        .build())
                .toList();
    }

    static List<Integer> ports(List<String> values) {
        return values.stream()
                .flatMapToInt(value -> Ports.parse(value).stream())
                .boxed()
                .toList();
    }

    /** {@code account}, meaning one of the policy's own namespace, or {@code namespace/account}. */
    static List<ServiceAccountMatch> accounts(List<String> values, String namespace) {
        return values.stream()
                .map(value -> {
                    int slash = value.indexOf('/');
                    return ServiceAccountMatch.newBuilder()
                            .setNamespace(slash < 0 ? namespace : value.substring(0, slash))
                            .setServiceAccount(value.substring(slash + 1))
                            .build();
                })
                .toList();
    }
}
