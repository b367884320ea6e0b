package io.periplus.cli.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.api.Labels;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.GoDuration;
import io.periplus.cli.Poll;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import io.periplus.cli.waypoint.WaypointCommands.WaypointGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waypoint apply}: the Gateway and, on demand, the namespace's enrolment. */
@Command(
        name = "apply",
        description = "Deploy a waypoint to a namespace, and optionally send the namespace's traffic through it.",
        footer = {
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} -n shop --enroll-namespace --wait",
            "  ${COMMAND-FULL-NAME} -n shop --name payments --for service"
        })
final class WaypointApply implements Callable<Integer> {
    private static final String FIELD_MANAGER = "istioctl";

    /** Of the namespace's read-modify-write, against writers in between. */
    private static final int ATTEMPTS = 5;

    private final Console console;
    private final Globals globals;
    private final WaypointGroup group;

    @Option(
            names = "--for",
            paramLabel = "all|none|service|workload",
            defaultValue = "",
            description = "traffic that the waypoint handles")
    private String trafficType = "";

    @Option(
            names = "--enroll-namespace",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "label the namespace so that it uses the waypoint")
    private boolean enroll;

    @Option(
            names = "--overwrite",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "replace the namespace's waypoint if it has one")
    private boolean overwrite;

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "<revision>",
            defaultValue = "",
            description = "revision to label the waypoint with")
    private String revision = "";

    @Option(
            names = {"-w", "--wait"},
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "wait until the waypoint is programmed")
    private boolean wait;

    @Option(
            names = "--waypoint-timeout",
            paramLabel = "<duration>",
            defaultValue = "90s",
            converter = GoDuration.class,
            description = "bound of --wait (default: 90s)")
    private Duration timeout = Duration.ofSeconds(90);

    @Parameters(hidden = true)
    private List<String> ignored = new ArrayList<>();

    WaypointApply(Console console, Globals globals, WaypointGroup group) {
        this.console = console;
        this.globals = globals;
        this.group = group;
    }

    @Override
    public Integer call() throws IOException {
        String name = group.waypointName();
        try (KubeClient client = globals.connect()) {
            String namespace = globals.namespace(client);
            JsonNode current = client.find(Resource.NAMESPACES, null, namespace);
            if (current == null) {
                throw new CliException("namespace: " + namespace + " not found");
            }
            if (enroll
                    && !overwrite
                    && !Json.label(current, Labels.USE_WAYPOINT, "").isEmpty()) {
                console.out()
                        .println(
                                "⚠️ Warning: namespace (" + namespace
                                        + ") already has an enrolled Waypoint. Consider adding the `--overwrite` flag to your apply command.");
                return ExitCode.OK;
            }
            if (enroll && !Json.label(current, Labels.DATAPLANE_MODE, "").equals("ambient")) {
                console.out()
                        .println(
                                "⚠️ Warning: namespace is not enrolled in ambient. Consider running\t`kubectl label namespace "
                                        + namespace + " istio.io/dataplane-mode=ambient`");
            }
            apply(client, namespace, name);
            if (wait) {
                awaitProgrammed(client, namespace, name);
            }
            if (enroll) {
                label(client, namespace, name);
            }
        }
        return ExitCode.OK;
    }

    private void apply(KubeClient client, String namespace, String name) throws KubeException {
        ObjectNode gateway = Waypoint.manifest(name, namespace, trafficType, revision);
        try {
            client.apply(Resource.GATEWAYS, namespace, gateway, FIELD_MANAGER, false);
        } catch (KubeException e) {
            if (e.isNotFound()) {
                throw new CliException(
                        "missing Kubernetes Gateway CRDs need to be installed before applying a waypoint: "
                                + e.getMessage());
            }
            throw e;
        }
        console.out().println("✅ waypoint " + namespace + "/" + name + " applied");
    }

    private void awaitProgrammed(KubeClient client, String namespace, String name) throws IOException {
        boolean ready = Poll.until(
                timeout,
                Duration.ofSeconds(1),
                () -> new Waypoint(client.get(Resource.GATEWAYS, namespace, name)).isProgrammed());
        if (!ready) {
            throw new CliException("timed out while waiting for waypoint\t" + namespace + "/" + name);
        }
        console.out().println("✅ waypoint " + namespace + "/" + name + " is ready!");
    }

    private void label(KubeClient client, String namespace, String name) throws KubeException {
        for (int attempt = 1; ; attempt++) {
            ObjectNode object = (ObjectNode) client.get(Resource.NAMESPACES, null, namespace);
            object.withObject("/metadata/labels").put(Labels.USE_WAYPOINT, name);
            try {
                client.update(Resource.NAMESPACES, null, object);
                break;
            } catch (KubeException e) {
                if (!e.isConflict() || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
        console.out()
                .println("✅ namespace " + namespace + " labeled with \"" + Labels.USE_WAYPOINT + ": " + name + "\"");
    }
}
