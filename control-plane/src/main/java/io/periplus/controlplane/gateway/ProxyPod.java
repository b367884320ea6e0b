package io.periplus.controlplane.gateway;

import static io.periplus.controlplane.gateway.Json.object;

import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.controlplane.kube.RootCertificates;
import io.periplus.model.MeshSettings;
import io.periplus.model.gateway.DeploymentWish;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The pod template of a Gateway's proxy. */
final class ProxyPod {
    private static final int STATUS_PORT = 15021;
    private static final int METRICS_PORT = 15020;
    private static final int STATS_PORT = 15090;
    private static final int STARTUP_SECONDS = 180;
    private static final int USER = 1337;
    private static final int TOKEN_SECONDS = 43_200;

    /** Annotations that set how much the proxy logs, in the order of the arguments that they become. */
    private static final Map<String, String> LEVELS = levels();

    private static Map<String, String> levels() {
        Map<String, String> levels = new LinkedHashMap<>();
        levels.put("sidecar.istio.io/logLevel", "--proxyLogLevel");
        levels.put("sidecar.istio.io/componentLogLevel", "--proxyComponentLogLevel");
        levels.put("sidecar.istio.io/agentLogLevel", "--log_output_level");
        return levels;
    }

    private final MeshSettings mesh;
    private final Map<String, String> more;
    private final DeploymentWish wish;
    private final String image;
    private final String network;

    ProxyPod(MeshSettings mesh, DeploymentWish wish, String image, String network, Map<String, String> more) {
        this.more = more;
        this.mesh = mesh;
        this.wish = wish;
        this.image = image;
        this.network = network;
    }

    /** The template; {@code common} are the labels of all objects of the Gateway. */
    Map<String, Object> template(Map<String, Object> common) {
        Map<String, Object> labels = new LinkedHashMap<>(common);
        labels.put("sidecar.istio.io/inject", "false");
        labels.put(Labels.DATAPLANE_MODE, "none");
        labels.put(Annotations.CANONICAL_NAME, wish.name());
        labels.put(Annotations.CANONICAL_REVISION, "latest");
        Map<String, Object> annotations = new LinkedHashMap<>(wish.annotations());
        annotations.put(Labels.REVISION, mesh.revision());
        annotations.put("prometheus.io/path", "/stats/prometheus");
        annotations.put("prometheus.io/port", String.valueOf(METRICS_PORT));
        annotations.put("prometheus.io/scrape", "true");
        return object(
                "metadata", object("labels", labels, "annotations", annotations),
                "spec",
                        object(
                                "serviceAccountName", wish.serviceAccount(),
                                "securityContext", podSecurity(),
                                "containers", List.of(container()),
                                "volumes", volumes()));
    }

    private Map<String, Object> podSecurity() {
        Map<String, Object> security = object("fsGroup", USER);
        if (wish.kind().lowPorts()) {
            security.put("sysctls", List.of(object("name", "net.ipv4.ip_unprivileged_port_start", "value", "0")));
        }
        return security;
    }

    private Map<String, Object> container() {
        // The startup probe asks every second, so that a new proxy serves as soon as it can; it has patience with nodes
        // that are
        // short of processors, where starting once more would only take longer.
        return object(
                "name",
                "istio-proxy",
                "image",
                image(),
                "args",
                arguments(),
                "env",
                environment(),
                "ports",
                List.of(
                        port("metrics", METRICS_PORT),
                        port("status-port", STATUS_PORT),
                        port("http-envoy-prom", STATS_PORT)),
                "startupProbe",
                object(
                        "httpGet",
                        ready(),
                        "periodSeconds",
                        1,
                        "timeoutSeconds",
                        1,
                        "failureThreshold",
                        STARTUP_SECONDS),
                "readinessProbe",
                object("httpGet", ready(), "periodSeconds", 15, "timeoutSeconds", 1, "failureThreshold", 4),
                "resources",
                object(
                        "requests", object("cpu", "100m", "memory", "128Mi"),
                        "limits", object("cpu", "2", "memory", "1Gi")),
                "securityContext",
                object(
                        "runAsUser", USER,
                        "runAsGroup", USER,
                        "runAsNonRoot", true,
                        "readOnlyRootFilesystem", true,
                        "allowPrivilegeEscalation", false,
                        "privileged", false,
                        "capabilities", object("drop", List.of("ALL"))),
                "volumeMounts",
                List.of(
                        object("name", "istio-token", "mountPath", "/var/run/secrets/tokens"),
                        object("name", "istiod-ca-cert", "mountPath", "/var/run/secrets/istio"),
                        object("name", "tmp", "mountPath", "/tmp")));
    }

    private static Map<String, Object> ready() {
        return object("path", "/healthz/ready", "port", STATUS_PORT);
    }

    /** Another image where an annotation names one, which it does with a slash in it. */
    private String image() {
        String other = wish.annotations().getOrDefault("sidecar.istio.io/proxyImage", "");
        return other.contains("/") ? other : image;
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                wish.kind().role(),
                "--domain",
                "$(POD_NAMESPACE).svc." + mesh.clusterDomain(),
                "--serviceCluster",
                wish.serviceAccount() + ".$(POD_NAMESPACE)"));
        LEVELS.forEach((annotation, argument) -> {
            String level = wish.annotations().get(annotation);
            if (level != null) {
                arguments.addAll(List.of(argument, level));
            }
        });
        return arguments;
    }

    private static List<Object> volumes() {
        Map<String, Object> token =
                object("audience", "istio-ca", "expirationSeconds", TOKEN_SECONDS, "path", "istio-token");
        return List.of(
                object(
                        "name",
                        "istio-token",
                        "projected",
                        object("sources", List.of(object("serviceAccountToken", token)))),
                object("name", "istiod-ca-cert", "configMap", object("name", RootCertificates.CONFIG_MAP)),
                object("name", "tmp", "emptyDir", object()));
    }

    private List<Object> environment() {
        String namespace = wish.gateway().namespace();
        String istiod = mesh.revision().equals("default") ? "istiod" : "istiod-" + mesh.revision();
        List<Object> env = new ArrayList<>(List.of(
                field("POD_NAME", "metadata.name"),
                field("POD_NAMESPACE", "metadata.namespace"),
                field("INSTANCE_IP", "status.podIP"),
                field("HOST_IP", "status.hostIP"),
                field("SERVICE_ACCOUNT", "spec.serviceAccountName"),
                field("ISTIO_META_SERVICE_ACCOUNT", "spec.serviceAccountName"),
                field("ISTIO_META_NODE_NAME", "spec.nodeName")));
        env.add(value("GATEWAY_NAME", wish.gateway().name()));
        env.add(value("CA_ADDR", istiod + "." + mesh.rootNamespace() + ".svc:15012"));
        env.add(value("PILOT_CERT_PROVIDER", "istiod"));
        env.add(value("TRUST_DOMAIN", mesh.trustDomain()));
        env.add(value("CLUSTER_DOMAIN", mesh.clusterDomain()));
        env.add(value("ISTIO_META_CLUSTER_ID", mesh.clusterId()));
        if (!network.isEmpty()) {
            env.add(value("ISTIO_META_NETWORK", network));
        }
        env.add(value("ISTIO_META_INTERCEPTION_MODE", "REDIRECT"));
        env.add(value("ISTIO_META_WORKLOAD_NAME", wish.name()));
        env.add(value(
                "ISTIO_META_OWNER",
                "kubernetes://apis/apps/v1/namespaces/" + namespace + "/deployments/" + wish.name()));
        env.add(value("ISTIO_META_MESH_ID", mesh.trustDomain()));
        if ("true".equals(wish.annotations().get(Annotations.XFCC_CLIENT_IDENTITY))) {
            env.add(value("XFCC_INCLUDE_CLIENT_IDENTITY", "true"));
        }
        addMeshWide(env);
        return env;
    }

    /** What the mesh sets for all proxies; what makes this one what it is stays as it is. */
    private void addMeshWide(List<Object> env) {
        Map<String, String> added = new TreeMap<>(more);
        added.putAll(wish.environment());
        added.values().removeIf(String::isEmpty);
        for (Object variable : env) {
            added.remove(String.valueOf(((Map<?, ?>) variable).get("name")));
        }
        added.forEach((name, text) -> env.add(value(name, text)));
    }

    private static Map<String, Object> port(String name, int port) {
        return object("name", name, "containerPort", port, "protocol", "TCP");
    }

    private static Map<String, Object> value(String name, String value) {
        return object("name", name, "value", value);
    }

    private static Map<String, Object> field(String name, String path) {
        return object("name", name, "valueFrom", object("fieldRef", object("apiVersion", "v1", "fieldPath", path)));
    }
}
