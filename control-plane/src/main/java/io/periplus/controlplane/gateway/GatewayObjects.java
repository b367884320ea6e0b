package io.periplus.controlplane.gateway;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.controlplane.kube.RootCertificates;
import io.periplus.model.MeshSettings;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.input.GatewayInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The objects of a waypoint: ServiceAccount, Deployment and Service, in the order in which they are applied.
 *
 * @param image   of the waypoint's container
 * @param network of waypoints where the cluster's network has no name
 */
public record GatewayObjects(MeshSettings mesh, String image, String network) {
    private static final int STATUS_PORT = 15021;
    private static final int METRICS_PORT = 15020;
    private static final int STATS_PORT = 15090;
    private static final long USER = 1337;
    private static final long TOKEN_SECONDS = 43_200;
    private static final int PORT_NAME_MAX = 63;

    /** All of them, owned by the Gateway. */
    public List<HasMetadata> of(DeploymentWish wish) {
        return List.of(
                new ServiceAccountBuilder()
                        .withMetadata(meta(wish, wish.serviceAccount()))
                        .build(),
                new DeploymentBuilder()
                        .withMetadata(meta(wish, wish.name()))
                        .withNewSpec()
                        .withNewSelector()
                        .addToMatchLabels(Labels.GATEWAY_NAME, wish.gateway().name())
                        .endSelector()
                        .withTemplate(template(wish))
                        .endSpec()
                        .build(),
                service(wish));
    }

    private Map<String, String> labels(DeploymentWish wish) {
        Map<String, String> labels = new LinkedHashMap<>(wish.labels());
        labels.put(Labels.GATEWAY_NAME, wish.gateway().name());
        labels.put(Labels.GATEWAY_CLASS_NAME, wish.className());
        labels.put(Labels.GATEWAY_MANAGED, wish.managed());
        String name = networkOf(wish);
        if (!name.isEmpty()) {
            labels.put(Labels.NETWORK, name);
        }
        return labels;
    }

    private String networkOf(DeploymentWish wish) {
        return wish.network().isEmpty() ? network : wish.network();
    }

    private ObjectMeta meta(DeploymentWish wish, String name) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(wish.gateway().namespace())
                .withLabels(labels(wish))
                .withAnnotations(wish.annotations().isEmpty() ? null : wish.annotations())
                .addNewOwnerReference()
                .withApiVersion("gateway.networking.k8s.io/v1")
                .withKind("Gateway")
                .withName(wish.gateway().name())
                .withUid(wish.gatewayUid())
                .endOwnerReference()
                .build();
    }

    private Service service(DeploymentWish wish) {
        ObjectMeta meta = meta(wish, wish.name());
        Map<String, String> annotations = new LinkedHashMap<>(wish.annotations());
        annotations.put(Annotations.TRAFFIC_DISTRIBUTION, "PreferClose");
        meta.setAnnotations(annotations);
        List<ServicePort> ports = new ArrayList<>();
        ports.add(port("status-port", STATUS_PORT, "tcp"));
        for (GatewayInput.Listener listener : wish.listeners()) {
            if (ports.stream().noneMatch(port -> port.getPort() == listener.port())) {
                String name = listener.name().replace('.', '-');
                ports.add(port(
                        name.substring(0, Math.min(name.length(), PORT_NAME_MAX)),
                        listener.port(),
                        listener.protocol().toLowerCase(Locale.ROOT)));
            }
        }
        boolean loadBalancer =
                wish.serviceType().equals("LoadBalancer") && wish.addresses().size() == 1;
        return new ServiceBuilder()
                .withMetadata(meta)
                .withNewSpec()
                .withType(wish.serviceType())
                .withIpFamilyPolicy("PreferDualStack")
                .withLoadBalancerIP(loadBalancer ? wish.addresses().getFirst() : null)
                .addToSelector(Labels.GATEWAY_NAME, wish.gateway().name())
                .withPorts(ports)
                .endSpec()
                .build();
    }

    private static ServicePort port(String name, int port, String appProtocol) {
        return new ServicePortBuilder()
                .withName(name)
                .withPort(port)
                .withProtocol("TCP")
                .withAppProtocol(appProtocol)
                .build();
    }

    private PodTemplateSpec template(DeploymentWish wish) {
        Map<String, String> labels = labels(wish);
        labels.put("sidecar.istio.io/inject", "false");
        labels.put(Labels.DATAPLANE_MODE, "none");
        labels.put(Annotations.CANONICAL_NAME, wish.name());
        labels.put(Annotations.CANONICAL_REVISION, "latest");
        Map<String, String> annotations = new LinkedHashMap<>(wish.annotations());
        annotations.put(Labels.REVISION, mesh.revision());
        annotations.put("prometheus.io/path", "/stats/prometheus");
        annotations.put("prometheus.io/port", String.valueOf(METRICS_PORT));
        annotations.put("prometheus.io/scrape", "true");
        // The readiness probe asks every second, so that a new waypoint serves as soon as it can.
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(wish.serviceAccount())
                .withNewSecurityContext()
                .withFsGroup(USER)
                .endSecurityContext()
                .addNewContainer()
                .withName("istio-proxy")
                .withImage(image)
                .withArgs(
                        "waypoint",
                        "--domain",
                        "$(POD_NAMESPACE).svc." + mesh.clusterDomain(),
                        "--serviceCluster",
                        wish.serviceAccount() + ".$(POD_NAMESPACE)")
                .withEnv(environment(wish))
                .addNewPort()
                .withName("metrics")
                .withContainerPort(METRICS_PORT)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("status-port")
                .withContainerPort(STATUS_PORT)
                .withProtocol("TCP")
                .endPort()
                .addNewPort()
                .withName("http-envoy-prom")
                .withContainerPort(STATS_PORT)
                .withProtocol("TCP")
                .endPort()
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath("/healthz/ready")
                .withPort(new IntOrString(STATUS_PORT))
                .endHttpGet()
                .withPeriodSeconds(1)
                .withTimeoutSeconds(1)
                .withFailureThreshold(4)
                .endReadinessProbe()
                .withNewResources()
                .addToRequests("cpu", new Quantity("100m"))
                .addToRequests("memory", new Quantity("128Mi"))
                .addToLimits("cpu", new Quantity("2"))
                .addToLimits("memory", new Quantity("1Gi"))
                .endResources()
                .withNewSecurityContext()
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withRunAsNonRoot(true)
                .withReadOnlyRootFilesystem(true)
                .withAllowPrivilegeEscalation(false)
                .withPrivileged(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("istio-token")
                .withMountPath("/var/run/secrets/tokens")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("istiod-ca-cert")
                .withMountPath("/var/run/secrets/istio")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("istio-token")
                .withNewProjected()
                .addNewSource()
                .withNewServiceAccountToken()
                .withAudience("istio-ca")
                .withExpirationSeconds(TOKEN_SECONDS)
                .withPath("istio-token")
                .endServiceAccountToken()
                .endSource()
                .endProjected()
                .endVolume()
                .addNewVolume()
                .withName("istiod-ca-cert")
                .withNewConfigMap()
                .withName(RootCertificates.CONFIG_MAP)
                .endConfigMap()
                .endVolume()
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .build();
    }

    private List<EnvVar> environment(DeploymentWish wish) {
        String namespace = wish.gateway().namespace();
        List<EnvVar> env = new ArrayList<>(List.of(
                field("POD_NAME", "metadata.name"),
                field("POD_NAMESPACE", "metadata.namespace"),
                field("INSTANCE_IP", "status.podIP"),
                field("HOST_IP", "status.hostIP"),
                field("SERVICE_ACCOUNT", "spec.serviceAccountName"),
                field("ISTIO_META_SERVICE_ACCOUNT", "spec.serviceAccountName"),
                field("ISTIO_META_NODE_NAME", "spec.nodeName")));
        String service = mesh.revision().equals("default") ? "istiod" : "istiod-" + mesh.revision();
        env.add(value("GATEWAY_NAME", wish.gateway().name()));
        env.add(value("CA_ADDR", service + "." + mesh.rootNamespace() + ".svc:15012"));
        env.add(value("PILOT_CERT_PROVIDER", "istiod"));
        env.add(value("TRUST_DOMAIN", mesh.trustDomain()));
        env.add(value("CLUSTER_DOMAIN", mesh.clusterDomain()));
        env.add(value("ISTIO_META_CLUSTER_ID", mesh.clusterId()));
        env.add(value("ISTIO_META_NETWORK", networkOf(wish)));
        env.add(value("ISTIO_META_INTERCEPTION_MODE", "REDIRECT"));
        env.add(value("ISTIO_META_WORKLOAD_NAME", wish.name()));
        env.add(value(
                "ISTIO_META_OWNER",
                "kubernetes://apis/apps/v1/namespaces/" + namespace + "/deployments/" + wish.name()));
        env.add(value("ISTIO_META_MESH_ID", mesh.trustDomain()));
        return env;
    }

    private static EnvVar value(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withApiVersion("v1")
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }
}
