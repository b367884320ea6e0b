package io.periplus.cli.analyze;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.api.Labels;
import io.periplus.cli.CliException;
import io.periplus.cli.Globals;
import io.periplus.cli.analyze.check.Analyzer;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.finding.Message;
import io.periplus.cli.analyze.snapshot.ClusterReader;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ManifestReader;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Origin;
import io.periplus.cli.analyze.snapshot.Snapshot;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One run: reads clusters and manifests, lets the analyzers look, and keeps what concerns the namespace asked for. */
final class Analysis {
    /** What to analyse. */
    record Options(
            List<String> files,
            boolean useKube,
            boolean allNamespaces,
            boolean ignoreUnknown,
            String revision,
            List<String> remoteContexts,
            String meshConfigFile,
            Duration timeout) {}

    /**
     * What came of it.
     *
     * @param target what was analysed, for people
     * @param unparsed files that could not be read, one sentence each
     * @param notes what else the user should know, one sentence each
     * @param missingNamespace the namespace asked for, if the cluster does not have it
     */
    record Result(
            String target,
            List<Message> messages,
            List<String> unparsed,
            List<String> notes,
            @Nullable String missingNamespace) {}

    private final Globals globals;
    private final Options options;
    private final List<String> notes = new ArrayList<>();
    private final long deadline;

    Analysis(Globals globals, Options options) {
        this.globals = globals;
        this.options = options;
        this.deadline = System.nanoTime() + options.timeout.toNanos();
    }

    Result run(List<Analyzer> analyzers) throws IOException {
        if (!options.useKube) {
            Snapshot snapshot = new Snapshot("", globals.systemNamespace());
            List<String> unparsed = manifests(snapshot, namespaceOr("default"));
            meshConfig(snapshot);
            String wanted = options.allNamespaces ? "" : globals.namespaceFlag();
            return new Result(
                    String.join(", ", options.files),
                    look(List.of(snapshot), analyzers, wanted),
                    unparsed,
                    notes,
                    null);
        }
        Set<ObjectKind> kinds = EnumSet.noneOf(ObjectKind.class);
        analyzers.forEach(analyzer -> kinds.addAll(analyzer.reads()));
        kinds.add(ObjectKind.NAMESPACE);
        try (KubeClient client = globals.connect()) {
            String namespace = globals.namespace(client);
            String wanted = options.allNamespaces ? "" : namespace;
            List<Snapshot> clusters = clusters(client, kinds);
            Snapshot own = clusters.getFirst();
            List<String> unparsed = manifests(own, namespace);
            meshConfig(own);
            boolean missing =
                    !wanted.isEmpty() && !own.all(ObjectKind.NAMESPACE).isEmpty() && !own.hasNamespace(wanted);
            return new Result(
                    options.allNamespaces ? "all namespaces" : "namespace: " + namespace,
                    missing ? List.of() : look(clusters, analyzers, wanted),
                    unparsed,
                    notes,
                    missing ? namespace : null);
        }
    }

    private String namespaceOr(String otherwise) {
        return globals.namespaceFlag().isEmpty() ? otherwise : globals.namespaceFlag();
    }

    private List<Snapshot> clusters(KubeClient client, Set<ObjectKind> kinds) throws KubeException {
        ClusterReader reader = new ClusterReader(client);
        List<JsonNode> secrets =
                options.remoteContexts.isEmpty() ? reader.remoteSecrets(globals.systemNamespace()) : List.of();
        boolean several = !options.remoteContexts.isEmpty() || !secrets.isEmpty();
        List<Snapshot> clusters = new ArrayList<>();
        clusters.add(read(reader, several ? reader.clusterName(globals.systemNamespace()) : "", kinds));
        for (String context : options.remoteContexts) {
            try (KubeClient remote = globals.connect(context)) {
                ClusterReader other = new ClusterReader(remote);
                clusters.add(read(other, other.clusterName(globals.systemNamespace()), kinds));
            }
        }
        for (JsonNode secret : secrets) {
            secret.path("data").properties().forEach(entry -> remote(entry, kinds, clusters));
        }
        return clusters;
    }

    /** A cluster by its Secret; one that cannot be reached from here is left out, with a note. */
    private void remote(Map.Entry<String, JsonNode> entry, Set<ObjectKind> kinds, List<Snapshot> clusters) {
        String kubeconfig =
                new String(Base64.getMimeDecoder().decode(entry.getValue().asText()), StandardCharsets.UTF_8);
        try (KubeClient remote = globals.connectWith("the Secret of cluster " + entry.getKey(), kubeconfig)) {
            clusters.add(read(new ClusterReader(remote), entry.getKey(), kinds));
        } catch (CliException | KubeException e) {
            notes.add("cluster \"" + entry.getKey() + "\" is left out: " + e.getMessage());
        }
    }

    private Snapshot read(ClusterReader reader, String name, Set<ObjectKind> kinds) throws KubeException {
        Snapshot snapshot = new Snapshot(name, globals.systemNamespace());
        reader.read(kinds, snapshot);
        notes.addAll(reader.problems());
        if (System.nanoTime() - deadline > 0) {
            throw new CliException(
                    "the cluster could not be read within " + options.timeout.toSeconds() + " s (--timeout)");
        }
        return snapshot;
    }

    private List<String> manifests(Snapshot into, String namespace) throws IOException {
        ManifestReader reader = new ManifestReader(namespace, options.ignoreUnknown);
        for (String file : options.files) {
            reader.read(file, System.in);
        }
        reader.objects().forEach(into::put);
        return reader.problems();
    }

    private void meshConfig(Snapshot into) throws IOException {
        if (!options.meshConfigFile.isEmpty()) {
            ObjectNode map = Json.MAPPER.createObjectNode();
            map.putObject("metadata").put("name", "istio");
            map.putObject("data").put("mesh", Files.readString(Path.of(options.meshConfigFile)));
            into.put(KubeObject.of(ObjectKind.CONFIG_MAP, map, into.systemNamespace(), Origin.CLUSTER));
        }
    }

    private List<Message> look(List<Snapshot> clusters, List<Analyzer> analyzers, String wanted) {
        List<Message> messages = new ArrayList<>();
        for (Snapshot cluster : clusters) {
            Findings findings = new Findings(cluster.cluster());
            for (Analyzer analyzer : analyzers) {
                if (!cluster.lacks(analyzer.reads())) {
                    analyzer.analyze(cluster, findings);
                    if (cluster == clusters.getFirst() && clusters.size() > 1) {
                        analyzer.compare(clusters, findings);
                    }
                }
            }
            messages.addAll(findings.messages());
        }
        messages.removeIf(message -> !concerns(message.subject(), wanted));
        return messages;
    }

    private boolean concerns(KubeObject subject, String wanted) {
        String namespace = subject.kind() == ObjectKind.NAMESPACE ? subject.name() : subject.namespace();
        String label = subject.label(Labels.REVISION);
        boolean ofRevision = options.revision.isEmpty() || label.isEmpty() || label.equals(options.revision);
        return ofRevision && (wanted.isEmpty() || namespace.isEmpty() || namespace.equals(wanted));
    }
}
