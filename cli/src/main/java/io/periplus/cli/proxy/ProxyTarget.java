package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.DumpFlags;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.Pods;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The flags that the views of {@code proxy-config} have: which proxy to ask, and how to print. */
final class ProxyTarget {
    @Parameters(
            paramLabel = "[<type>/]<name>[.<namespace>]",
            arity = "0..1",
            defaultValue = "",
            description = "a waypoint's or Gateway's pod, deploy/<name>, or gateway/<name>")
    private String pod = "";

    @Mixin
    private final DumpFlags flags = new DumpFlags();

    /** What the proxy answers. */
    ProxyDump dump(Globals globals) throws IOException {
        flags.checkOutput();
        if (pod.isEmpty() != flags.hasFile()) {
            throw new CliException(
                    pod.isEmpty()
                            ? "proxy-config requires a pod, deploy/<name> or gateway/<name>, or --file"
                            : "at most one of --file and pod name may be passed");
        }
        JsonNode saved = flags.saved();
        if (saved != null) {
            return checked(new ProxyDump(saved, null), "file " + flags.file());
        }
        try (KubeClient client = globals.connect()) {
            JsonNode found = proxy(client, globals);
            String namespace = Json.text(found, "/metadata/namespace", "");
            String name = Json.text(found, "/metadata/name", "");
            JsonNode dump = Json.parse(flags.ask(client, namespace, name, "GET", "/config_dump"));
            String clusters =
                    new String(flags.ask(client, namespace, name, "GET", "/clusters"), StandardCharsets.UTF_8);
            return checked(new ProxyDump(dump, clusters), "pod " + name + "." + namespace);
        }
    }

    /** Sends a request to the admin port; the answer begins with the pod's name. */
    String post(Globals globals, String path) throws IOException {
        if (pod.isEmpty()) {
            throw new CliException("name a pod, deploy/<name> or gateway/<name>");
        }
        try (KubeClient client = globals.connect()) {
            JsonNode found = proxy(client, globals);
            String namespace = Json.text(found, "/metadata/namespace", "");
            String name = Json.text(found, "/metadata/name", "");
            return name + "." + namespace + ":\n"
                    + new String(flags.ask(client, namespace, name, "POST", path), StandardCharsets.UTF_8);
        }
    }

    private JsonNode proxy(KubeClient client, Globals globals) throws IOException {
        JsonNode found = new Pods(client).find(pod, globals.namespace(client)).first();
        String name = Json.text(found, "/metadata/name", "") + "." + Json.text(found, "/metadata/namespace", "");
        if (Json.label(found, "app", "").equals("ztunnel")) {
            throw new CliException("pod " + name + " is a ztunnel: use `istioctl ztunnel-config`");
        }
        if (Json.label(found, Labels.GATEWAY_NAME, "").isEmpty()) {
            throw new CliException("pod " + name + " has no proxy of its own; its node's ztunnel (`istioctl"
                    + " ztunnel-config workload " + name + "`) and its waypoint work for it");
        }
        return found;
    }

    private static ProxyDump checked(ProxyDump dump, String origin) {
        if (!dump.root().has("bootstrap")) {
            throw new CliException(origin + " gives no configuration of a waypoint or Gateway"
                    + (dump.root().has("workloads") ? "; for a ztunnel's use `istioctl ztunnel-config`" : ""));
        }
        return dump;
    }

    /** Prints the table, or the selected part of the dump in the chosen format. */
    void print(Console console, Table table, JsonNode selected) {
        flags.print(console, table, selected);
    }

    /** Prints what has no table. */
    void print(Console console, JsonNode selected) {
        flags.print(console, selected);
    }

    /** Whether nothing but people will read the output. */
    boolean asTable() {
        return flags.asTable();
    }
}
