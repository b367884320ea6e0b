package io.periplus.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.periplus.cli.CliException;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Finds the cluster to talk to, as kubectl does: {@code --kubeconfig}, else the files of {@code KUBECONFIG} (the first
 * that defines a name wins), else {@code ~/.kube/config}, else the service account of the pod this runs in.
 */
public final class KubeConfig {
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** A parsed file; relative paths inside it start from its directory. */
    private record Source(Path file, JsonNode content) {}

    private record Found(Source source, JsonNode value) {}

    private final List<Source> sources;

    private KubeConfig(List<Source> sources) {
        this.sources = sources;
    }

    /**
     * Resolves a context.
     *
     * @param file of {@code --kubeconfig}, or empty
     * @param context of {@code --context}, or empty for the current one
     * @throws CliException if there is no such context, or a file cannot be read
     */
    public static ClusterAccess resolve(String file, String context) {
        KubeConfig config = new KubeConfig(read(files(file)));
        if (config.sources.isEmpty() && context.isEmpty()) {
            if (System.getenv("KUBERNETES_SERVICE_HOST") != null && Files.isReadable(ACCOUNT.resolve("token"))) {
                return inCluster();
            }
            throw new CliException("no kubeconfig found: pass --kubeconfig, set KUBECONFIG or write ~/.kube/config"
                    + " (for the lab: eval \"$(periplus lab env)\")");
        }
        return config.access(context);
    }

    /**
     * The cluster of a kubeconfig's current context.
     *
     * @param origin names the text in errors
     * @throws CliException if the text is none
     */
    public static ClusterAccess parse(String origin, String content) {
        try {
            JsonNode tree = Json.tree(Yaml.load(content));
            return new KubeConfig(
                            List.of(new Source(Path.of("").toAbsolutePath().resolve("kubeconfig"), tree)))
                    .access("");
        } catch (YamlEngineException e) {
            throw new CliException(origin + " has no readable kubeconfig: " + e.getMessage());
        }
    }

    private static List<Path> files(String flag) {
        if (!flag.isEmpty()) {
            if (!Files.isReadable(Path.of(flag))) {
                throw new CliException("kubeconfig " + flag + " cannot be read");
            }
            return List.of(Path.of(flag));
        }
        String variable = System.getenv("KUBECONFIG");
        if (variable != null && !variable.isEmpty()) {
            List<Path> files = new ArrayList<>();
            for (String name : variable.split(File.pathSeparator)) {
                if (!name.isEmpty()) {
                    files.add(Path.of(name));
                }
            }
            return files;
        }
        return List.of(Path.of(System.getProperty("user.home"), ".kube", "config"));
    }

    private static List<Source> read(List<Path> files) {
        List<Source> sources = new ArrayList<>();
        for (Path file : files) {
            if (!Files.exists(file)) {
                continue;
            }
            try {
                sources.add(new Source(file.toAbsolutePath(), Json.tree(Yaml.load(Files.readString(file)))));
            } catch (IOException | YamlEngineException e) {
                throw new CliException("kubeconfig " + file + " cannot be read: " + e.getMessage());
            }
        }
        return sources;
    }

    private ClusterAccess access(String wanted) {
        String name = wanted.isEmpty() ? currentContext() : wanted;
        Found context = find("contexts", name, "context");
        if (context == null) {
            throw new CliException("context \"" + name + "\" does not exist (known: " + contextNames() + ")");
        }
        String clusterName = Json.text(context.value, "/cluster", "");
        String userName = Json.text(context.value, "/user", "");
        Found cluster = find("clusters", clusterName, "cluster");
        if (cluster == null) {
            throw new CliException("context \"" + name + "\" names the cluster \"" + clusterName
                    + "\", which the kubeconfig does not have");
        }
        Found user = find("users", userName, "user");
        JsonNode userValue = user == null ? MissingNode.getInstance() : user.value;
        Path userDirectory = user == null ? Path.of("") : directory(user.source);
        Credentials credentials = Credentials.of(userValue, userDirectory, cluster.value);
        URI server = URI.create(Json.text(cluster.value, "/server", "").replaceAll("/+$", ""));
        if (server.getHost() == null) {
            throw new CliException("cluster \"" + clusterName + "\" has no usable server URL: \"" + server + "\"");
        }
        return new ClusterAccess(
                name,
                server,
                nonEmpty(Json.text(context.value, "/namespace", ""), "default"),
                server.getScheme().equals("https")
                        ? Tls.context(cluster.value, directory(cluster.source), credentials)
                        : null,
                Json.text(cluster.value, "/tls-server-name", "").isEmpty()
                        ? null
                        : Json.text(cluster.value, "/tls-server-name", ""),
                credentials.headers());
    }

    private String currentContext() {
        for (Source source : sources) {
            String name = Json.text(source.content, "/current-context", "");
            if (!name.isEmpty()) {
                return name;
            }
        }
        throw new CliException("no current context: pass --context or run `kubectl config use-context` (known: "
                + contextNames() + ")");
    }

    private String contextNames() {
        List<String> names = new ArrayList<>();
        sources.forEach(source -> source.content.path("contexts").forEach(c -> names.add(Json.text(c, "/name", ""))));
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private @Nullable Found find(String list, String name, String field) {
        for (Source source : sources) {
            for (JsonNode entry : source.content.path(list)) {
                if (Json.text(entry, "/name", "").equals(name)) {
                    return new Found(source, entry.path(field));
                }
            }
        }
        return null;
    }

    private static Path directory(Source source) {
        Path parent = source.file.getParent();
        return parent == null ? Path.of("/") : parent;
    }

    private static String nonEmpty(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }

    private static ClusterAccess inCluster() {
        try {
            String host = System.getenv("KUBERNETES_SERVICE_HOST");
            String port = System.getenv("KUBERNETES_SERVICE_PORT");
            URI server = URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
            Map<String, String> cluster =
                    Map.of("certificate-authority", ACCOUNT.resolve("ca.crt").toString());
            return new ClusterAccess(
                    "in-cluster",
                    server,
                    Files.readString(ACCOUNT.resolve("namespace")).strip(),
                    Tls.context(Json.tree(cluster), ACCOUNT, Credentials.none()),
                    null,
                    Map.of(
                            "Authorization",
                            "Bearer "
                                    + Files.readString(ACCOUNT.resolve("token")).strip()));
        } catch (IOException e) {
            throw new CliException("the pod's service account cannot be read: " + e.getMessage());
        }
    }
}
