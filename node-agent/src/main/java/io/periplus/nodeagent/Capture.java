package io.periplus.nodeagent;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a pod's traffic is led through ztunnel, beyond what it sends.
 *
 * @param inbound whether plaintext that arrives is captured; without it only port 15008 is the mesh's
 * @param dns whether questions for names are led to ztunnel's DNS proxy
 * @param virtualInterfaces whose traffic into the pod is captured as the pod's own, as a virtual machine's is
 */
record Capture(boolean inbound, boolean dns, List<String> virtualInterfaces) {
    /** Annotation: Go's spelling of true leaves inbound plaintext alone. */
    static final String BYPASS_INBOUND = "ambient.istio.io/bypass-inbound-capture";

    /** Annotation: Go's spelling of true or false decides for this pod, whatever the node's setting. */
    static final String DNS = "ambient.istio.io/dns-capture";

    /** Annotation: interfaces, separated by commas. */
    static final String VIRTUAL_INTERFACES = "istio.io/reroute-virtual-interfaces";

    /** All that arrives and all names, no virtual interfaces. */
    static final Capture DEFAULT = new Capture(true, true, List.of());

    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
    private static final List<String> TRUE = List.of("1", "t", "T", "TRUE", "true", "True");
    private static final List<String> FALSE = List.of("0", "f", "F", "FALSE", "false", "False");
    /** What the kernel allows in an interface's name, so that nothing else gets into the rules. */
    private static final String INTERFACE_NAME = "[A-Za-z0-9_.:@-]{1,15}";

    /** @param dns what holds for pods that do not say otherwise */
    static Capture of(NodePod pod, boolean dns) {
        Map<String, String> annotations = pod.annotations();
        List<String> interfaces = Arrays.stream(
                        annotations.getOrDefault(VIRTUAL_INTERFACES, "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty() && isInterface(pod, name))
                .toList();
        String ownDns = annotations.getOrDefault(DNS, "");
        return new Capture(
                !TRUE.contains(annotations.getOrDefault(BYPASS_INBOUND, "")),
                dns ? !FALSE.contains(ownDns) : TRUE.contains(ownDns),
                interfaces);
    }

    private static boolean isInterface(NodePod pod, String name) {
        boolean valid = name.matches(INTERFACE_NAME);
        if (!valid) {
            LOG.warn("pod {}: annotation {}: \"{}\" is no interface name; ignored", pod, VIRTUAL_INTERFACES, name);
        }
        return valid;
    }
}
