package io.periplus.api.security;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.ObjectHead;
import io.periplus.api.security.PeerAuthentication.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads {@code PeerAuthentication} objects. An unknown mode is read as STRICT: closed, not open. */
public final class PeerAuthenticationParser {
    private PeerAuthenticationParser() {}

    /** Parses one object; never throws. */
    public static PeerAuthentication parse(GenericKubernetesResource object) {
        return parse(
                ObjectHead.of(object.getMetadata()),
                object.getAdditionalProperties().get("spec"));
    }

    /** Parses one object of which this is the {@code spec}: maps, lists and plain values. */
    public static PeerAuthentication parse(ObjectHead head, @Nullable Object body) {
        List<String> problems = new ArrayList<>();
        SpecReader spec = new SpecReader(body, "spec", problems);
        @Nullable Map<String, String> selector = null;
        if (spec.has("selector")) {
            SpecReader reader = spec.object("selector");
            selector = reader.textMap("matchLabels");
            reader.end();
        }
        if (selector != null && selector.isEmpty()) {
            selector = null;
        }
        Mode mode = mode(spec.object("mtls"));
        Map<Integer, Mode> ports = new TreeMap<>();
        SpecReader byPort = spec.object("portLevelMtls");
        for (String port : byPort.names()) {
            Mode portMode = mode(byPort.object(port));
            Ports.parse(port)
                    .ifPresentOrElse(
                            number -> ports.put(number, portMode),
                            () -> byPort.problem(port, "is no port number (expected 1 to 65535)"));
        }
        if (!ports.isEmpty() && selector == null) {
            spec.problem("portLevelMtls", "needs a selector; without one it has no effect");
        }
        spec.end();
        return new PeerAuthentication(
                head.key(), head.created(), selector, mode, Map.copyOf(ports), List.copyOf(problems));
    }

    private static Mode mode(SpecReader mtls) {
        String text = mtls.text("mode");
        mtls.end();
        if (text == null) {
            return Mode.UNSET;
        }
        for (Mode mode : Mode.values()) {
            if (mode.name().equals(text)) {
                return mode;
            }
        }
        mtls.problem("mode", "unknown mode \"" + text + "\" (expected UNSET, DISABLE, PERMISSIVE or STRICT)");
        return Mode.STRICT;
    }
}
