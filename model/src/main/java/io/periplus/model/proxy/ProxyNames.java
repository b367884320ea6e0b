package io.periplus.model.proxy;

import io.periplus.api.Annotations;
import io.periplus.model.input.GatewayInput;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What the objects deployed for a Gateway are called. A Gateway's name may have 253 characters and dots; a label's value
 * has at most 63 characters, and a Service's name is one DNS label (RFC 1035). What does not fit is shortened and told
 * apart by a hash of the whole.
 */
public final class ProxyNames {
    private static final int MAX = 63;
    private static final int HASH_BYTES = 4;
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");

    private ProxyNames() {}

    /**
     * The name of the Deployment and the Service.
     *
     * @param controller of the Gateway's class
     */
    public static String deployed(GatewayInput gateway, String controller) {
        String override = gateway.annotations().get(Annotations.GATEWAY_NAME_OVERRIDE);
        if (override != null) {
            return override;
        }
        ProxyKind kind = ProxyKind.of(controller);
        String name = gateway.key().name();
        return dnsLabel(kind != null && kind.suffixed() ? name + "-" + gateway.className() : name);
    }

    /**
     * The service account of the pods.
     *
     * @param controller of the Gateway's class
     */
    public static String serviceAccount(GatewayInput gateway, String controller) {
        String account = gateway.annotations().get(Annotations.GATEWAY_SERVICE_ACCOUNT);
        return account != null ? account : deployed(gateway, controller);
    }

    /** The name as the value of a label. */
    public static String label(String name) {
        return name.length() <= MAX ? name : shortened(name, name);
    }

    private static String dnsLabel(String name) {
        if (name.length() <= MAX && DNS_LABEL.matcher(name).matches()) {
            return name;
        }
        String legal = name.replace('.', '-');
        return shortened(Character.isDigit(legal.charAt(0)) ? "g" + legal : legal, name);
    }

    private static String shortened(String legal, String whole) {
        String hash = hash(whole);
        int kept = Math.min(legal.length(), MAX - hash.length() - 1);
        return legal.substring(0, kept) + "-" + hash;
    }

    private static String hash(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
