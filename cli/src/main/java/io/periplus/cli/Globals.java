package io.periplus.cli;

import io.periplus.cli.kube.ClusterAccess;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The flags that every command has, before or after its name, and the cluster that they choose. */
public final class Globals {
    @Option(
            names = {"-c", "--kubeconfig"},
            paramLabel = "<file>",
            defaultValue = "",
            scope = ScopeType.INHERIT,
            description = "Kubernetes configuration file (default: KUBECONFIG, then ~/.kube/config)")
    private String kubeconfig = "";

    @Option(
            names = "--context",
            paramLabel = "<name>",
            defaultValue = "",
            scope = ScopeType.INHERIT,
            description = "kubeconfig context to use")
    private String context = "";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "<name>",
            defaultValue = "",
            scope = ScopeType.INHERIT,
            description = "namespace (default: the context's)")
    private String namespace = "";

    @Option(
            names = {"-i", "--istioNamespace"},
            paramLabel = "<name>",
            defaultValue = "istio-system",
            scope = ScopeType.INHERIT,
            description = "namespace of the control plane (default: istio-system)")
    private String systemNamespace = "istio-system";

    @Option(
            names = "--as",
            paramLabel = "<user>",
            defaultValue = "",
            scope = ScopeType.INHERIT,
            description = "user to impersonate")
    private String asUser = "";

    @Option(
            names = "--as-uid",
            paramLabel = "<uid>",
            defaultValue = "",
            scope = ScopeType.INHERIT,
            description = "uid to impersonate")
    private String asUid = "";

    @Option(
            names = "--as-group",
            paramLabel = "<group>",
            scope = ScopeType.INHERIT,
            description = "group to impersonate (repeatable)")
    private List<String> asGroups = List.of();

    @Option(
            names = "--kubeclient-timeout",
            paramLabel = "<duration>",
            defaultValue = "15s",
            converter = GoDuration.class,
            scope = ScopeType.INHERIT,
            description = "bound of one request to the API server (default: 15s)")
    private Duration timeout = Duration.ofSeconds(15);

    @Option(names = "--vklog", hidden = true, defaultValue = "0", scope = ScopeType.INHERIT)
    private int vklog;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "show this help")
    private boolean help;

    /** Connects on first use to the chosen cluster. */
    public KubeClient connect() {
        return connect(context);
    }

    /** Like {@link #connect()}, for a context of the caller's choice. */
    public KubeClient connect(String wantedContext) {
        return connect(KubeConfig.resolve(kubeconfig, wantedContext));
    }

    /**
     * Connects with a kubeconfig of another origin.
     *
     * @param origin names it in errors
     */
    public KubeClient connectWith(String origin, String content) {
        return connect(KubeConfig.parse(origin, content));
    }

    private KubeClient connect(ClusterAccess access) {
        Map<String, String> headers = new LinkedHashMap<>();
        List.of(asUser, asUid, String.join("", asGroups)).forEach(Globals::rejectControlCharacters);
        if (!asUser.isEmpty()) {
            headers.put("Impersonate-User", asUser);
        }
        if (!asUid.isEmpty()) {
            headers.put("Impersonate-Uid", asUid);
        }
        if (!asGroups.isEmpty()) {
            headers.put("Impersonate-Group", String.join("\r\nImpersonate-Group: ", asGroups));
        }
        return new KubeClient(access.withHeaders(headers), timeout);
    }

    private static void rejectControlCharacters(String value) {
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new CliException("--as, --as-uid and --as-group may not contain control characters");
        }
    }

    /** The flag's namespace, else the context's. */
    public String namespace(KubeClient client) {
        return namespace.isEmpty() ? client.namespace() : namespace;
    }

    /** The flag's namespace as given; empty if it was not. */
    public String namespaceFlag() {
        return namespace;
    }

    /** Where the control plane lives. */
    public String systemNamespace() {
        return systemNamespace;
    }
}
