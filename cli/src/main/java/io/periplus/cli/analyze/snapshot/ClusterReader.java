package io.periplus.cli.analyze.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a cluster's objects. Kinds that the server does not have are left out; what may not be read is told. */
public final class ClusterReader {
    private static final int FORBIDDEN = 403;

    private final KubeClient client;
    private final List<String> problems = new ArrayList<>();

    /** Of one cluster. */
    public ClusterReader(KubeClient client) {
        this.client = client;
    }

    /** What the user may not read, one sentence each. */
    public List<String> problems() {
        return problems;
    }

    /** Adds all objects of these kinds; of Secrets only those that Gateways and ListenerSets name. */
    public void read(Set<ObjectKind> kinds, Snapshot into) throws KubeException {
        for (ObjectKind kind : kinds) {
            if (kind != ObjectKind.SECRET) {
                list(kind, into);
            }
        }
        if (kinds.contains(ObjectKind.SECRET)) {
            for (Reference secret : Credentials.of(into)) {
                secret(secret, into);
            }
        }
    }

    private void list(ObjectKind kind, Snapshot into) throws KubeException {
        try {
            for (JsonNode body : client.list(kind.resource(), null, null)) {
                into.put(KubeObject.of(kind, body, "", Origin.CLUSTER));
            }
        } catch (KubeException e) {
            refused(e, kind.resource().plural());
            if (e.code() == FORBIDDEN) {
                into.markUnreadable(kind);
            }
        }
    }

    private void secret(Reference secret, Snapshot into) throws KubeException {
        try {
            JsonNode body = client.find(ObjectKind.SECRET.resource(), secret.namespace(), secret.name());
            if (body != null) {
                into.put(KubeObject.of(ObjectKind.SECRET, body, secret.namespace(), Origin.CLUSTER));
            }
        } catch (KubeException e) {
            refused(e, "secret " + secret.namespace() + "/" + secret.name());
            into.put(KubeObject.of(
                    ObjectKind.SECRET, Credentials.unreadable(secret), secret.namespace(), Origin.CLUSTER));
        }
    }

    private void refused(KubeException e, String what) throws KubeException {
        if (e.code() == FORBIDDEN) {
            problems.add("may not read " + what + " of context \"" + client.context()
                    + "\": findings that need them are left out");
        } else if (!e.isNotFound()) {
            throw e;
        }
    }

    /** The Secrets with the kubeconfigs of other clusters of the mesh. */
    public List<JsonNode> remoteSecrets(String systemNamespace) throws KubeException {
        try {
            return client.list(ObjectKind.SECRET.resource(), systemNamespace, "istio/multiCluster=true");
        } catch (KubeException e) {
            if (e.code() == FORBIDDEN || e.isNotFound()) {
                return List.of();
            }
            throw e;
        }
    }

    /** The cluster's own id as its control plane has it, or the context's name. */
    public String clusterName(String systemNamespace) throws KubeException {
        for (JsonNode pod : client.list(ObjectKind.POD.resource(), systemNamespace, "app=istiod")) {
            for (JsonNode variable : pod.at("/spec/containers/0/env")) {
                if (Json.text(variable, "/name", "").equals("CLUSTER_ID")) {
                    return Json.text(variable, "/value", client.context());
                }
            }
        }
        return client.context();
    }
}
