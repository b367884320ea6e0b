package io.periplus.waypoint.upstream.tls;

import io.netty.util.NetUtil;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Whether a server's certificate holds one of the names that are expected of it (RFC 9525): DNS names, with a {@code *} as
 * their whole first label in the certificate, URIs and IP addresses. The subject's common name does not count.
 */
final class ServerNames {
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;

    private ServerNames() {}

    static boolean anyHeldBy(X509Certificate certificate, List<String> expected) throws CertificateParsingException {
        Collection<List<?>> held = certificate.getSubjectAlternativeNames();
        if (held == null) {
            return false;
        }
        return held.stream().anyMatch(entry -> expected.stream().anyMatch(name -> matches(entry, name)));
    }

    private static boolean matches(List<?> entry, String expected) {
        if (!(entry.get(0) instanceof Integer type) || !(entry.get(1) instanceof String value)) {
            return false;
        }
        return switch (type) {
            case DNS -> isDns(expected) && dnsMatches(lower(value), lower(expected));
            case URI -> value.equals(expected);
            case IP -> sameAddress(value, expected);
            default -> false;
        };
    }

    private static boolean isDns(String name) {
        return !name.contains("://") && !isIp(name);
    }

    private static boolean isIp(String name) {
        return NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    }

    private static boolean sameAddress(String held, String expected) {
        return isIp(expected)
                && Arrays.equals(
                        NetUtil.createByteArrayFromIpAddressString(held),
                        NetUtil.createByteArrayFromIpAddressString(expected));
    }

    private static boolean dnsMatches(String held, String expected) {
        if (!held.startsWith("*.")) {
            return held.equals(expected);
        }
        int dot = expected.indexOf('.');
        return dot > 0 && expected.substring(dot).equals(held.substring(1)) && held.indexOf('.', 2) > 0;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
