package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.api.Labels;
import io.periplus.cli.analyze.check.CrdVersionAnalyzer;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.finding.Level;
import io.periplus.cli.analyze.snapshot.ClusterReader;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a cluster must have and allow before the mesh is installed. */
final class ClusterChecks {
    private static final String PERMISSION = "IST0141";
    private static final String KUBERNETES_VERSION = "IST0142";
    /** Ours: upstream's check has no number for another mesh that is in the way. */
    private static final String OTHER_MESH = "PER0007";

    /** The first minor release of Kubernetes whose API has everything that the charts use. */
    private static final int LEAST_MINOR = 29;

    /** What installing creates: group, plural, and whether in the system namespace. */
    private record Needed(String group, String version, String plural, boolean namespaced) {}

    private static final List<Needed> NEEDED = List.of(
            new Needed("", "v1", "namespaces", false),
            new Needed("rbac.authorization.k8s.io", "v1", "clusterroles", false),
            new Needed("rbac.authorization.k8s.io", "v1", "clusterrolebindings", false),
            new Needed("apiextensions.k8s.io", "v1", "customresourcedefinitions", false),
            new Needed("rbac.authorization.k8s.io", "v1", "roles", true),
            new Needed("rbac.authorization.k8s.io", "v1", "rolebindings", true),
            new Needed("", "v1", "serviceaccounts", true),
            new Needed("", "v1", "services", true),
            new Needed("apps", "v1", "deployments", true),
            new Needed("apps", "v1", "daemonsets", true),
            new Needed("", "v1", "configmaps", true),
            new Needed("", "v1", "secrets", true));

    private final KubeClient client;
    private final String systemNamespace;
    private final String revision;
    private final List<ClusterFinding> findings = new ArrayList<>();

    ClusterChecks(KubeClient client, String systemNamespace, String revision) {
        this.client = client;
        this.systemNamespace = systemNamespace;
        this.revision = revision;
    }

    List<ClusterFinding> run(boolean skipControlPlane) throws KubeException {
        version();
        if (!skipControlPlane) {
            for (Needed needed : NEEDED) {
                permission(needed);
            }
            otherControlPlane();
        }
        definitions();
        return findings;
    }

    private void version() throws KubeException {
        JsonNode version = client.request("GET", "/version", null, null);
        String minor = Json.text(version, "/minor", "").replaceAll("\\D.*", "");
        String major = Json.text(version, "/major", "1");
        if (major.equals("1") && !minor.isEmpty() && Integer.parseInt(minor) < LEAST_MINOR) {
            findings.add(new ClusterFinding(
                    Level.ERROR,
                    KUBERNETES_VERSION,
                    "The Kubernetes Version \"" + Json.text(version, "/gitVersion", major + "." + minor)
                            + "\" is lower than the minimum version: v1." + LEAST_MINOR));
        }
    }

    private void permission(Needed needed) throws KubeException {
        ObjectNode review = Json.MAPPER
                .createObjectNode()
                .put("apiVersion", "authorization.k8s.io/v1")
                .put("kind", "SelfSubjectAccessReview");
        ObjectNode attributes = review.putObject("spec").putObject("resourceAttributes");
        attributes.put("verb", "create").put("group", needed.group()).put("version", needed.version());
        attributes.put("resource", needed.plural());
        if (needed.namespaced()) {
            attributes.put("namespace", systemNamespace);
        }
        try {
            JsonNode answer = client.request(
                    "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "application/json", review);
            if (!answer.at("/status/allowed").asBoolean()) {
                findings.add(new ClusterFinding(
                        Level.ERROR,
                        PERMISSION,
                        "Missing required permission to create resource " + needed.plural()
                                + (needed.namespaced() ? " in namespace " + systemNamespace : "")));
            }
        } catch (KubeException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }

    /** A control plane of the same revision from another image cannot stay beside this one. */
    private void otherControlPlane() throws KubeException {
        String selector = revision.isEmpty() ? "app=istiod" : "app=istiod," + Labels.REVISION + "=" + revision;
        for (JsonNode deployment : client.list(ObjectKind.DEPLOYMENT.resource(), systemNamespace, selector)) {
            String image = Json.text(deployment, "/spec/template/spec/containers/0/image", "");
            if (!image.contains("periplus")) {
                findings.add(new ClusterFinding(
                        Level.WARNING,
                        OTHER_MESH,
                        "Deployment " + systemNamespace + "/" + Json.text(deployment, "/metadata/name", "")
                                + " runs another control plane (" + image + "); uninstall it first, or install under"
                                + " another revision"));
            }
        }
    }

    private void definitions() throws KubeException {
        Snapshot snapshot = new Snapshot("", systemNamespace);
        ClusterReader reader = new ClusterReader(client);
        reader.read(Set.of(ObjectKind.DEFINITION), snapshot);
        reader.problems().forEach(problem -> findings.add(new ClusterFinding(Level.WARNING, PERMISSION, problem)));
        Findings found = new Findings("");
        new CrdVersionAnalyzer().analyze(snapshot, found);
        found.messages()
                .forEach(message -> findings.add(new ClusterFinding(
                        message.code().level(),
                        message.code().number(),
                        message.subject().title() + ": " + message.text())));
    }
}
