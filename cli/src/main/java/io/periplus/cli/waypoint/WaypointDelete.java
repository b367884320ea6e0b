package io.periplus.cli.waypoint;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.waypoint.WaypointCommands.WaypointGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waypoint delete}: by name, by revision, or all of a namespace. Labels that name a waypoint stay. */
@Command(
        name = "delete",
        description = "Delete waypoints of a namespace. Namespaces and services keep their labels.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} waypoint -n shop", "  ${COMMAND-FULL-NAME} --all -n shop"})
final class WaypointDelete implements Callable<Integer> {
    /** Connections at a time: enough to be quick, few enough for any API server. */
    private static final int PARALLEL = 8;

    private final Console console;
    private final Globals globals;

    @Parameters(paramLabel = "<name>", arity = "0..*", description = "waypoints to delete")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--all",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "all waypoints of the namespace")
    private boolean all;

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "<revision>",
            defaultValue = "",
            description = "the waypoints of one revision")
    private String revision = "";

    WaypointDelete(Console console, Globals globals, WaypointGroup group) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws KubeException {
        if (all && !names.isEmpty()) {
            throw new CliException("cannot specify waypoint names when deleting all waypoints");
        }
        if (!all && names.isEmpty() && revision.isEmpty()) {
            throw new CliException(
                    "must specify a waypoint name or delete all using --all or delete specific revision using --revision");
        }
        try (KubeClient client = globals.connect()) {
            String namespace = globals.namespace(client);
            delete(client, namespace, names.isEmpty() ? selected(client, namespace) : names);
        }
        return ExitCode.OK;
    }

    private List<String> selected(KubeClient client, String namespace) throws KubeException {
        List<String> selected = new ArrayList<>();
        for (JsonNode gateway : Gateways.list(client, namespace)) {
            Waypoint waypoint = new Waypoint(gateway);
            if (waypoint.isWaypoint()
                    && (revision.isEmpty() || waypoint.revision().equals(revision))) {
                selected.add(waypoint.name());
            }
        }
        return selected;
    }

    private void delete(KubeClient client, String namespace, List<String> selected) {
        Semaphore connections = new Semaphore(PARALLEL);
        List<String> errors = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> results = new ArrayList<>();
            for (String name : selected) {
                results.add(threads.submit(() -> {
                    connections.acquire();
                    try (KubeClient own = client.another()) {
                        return delete(own, namespace, name);
                    } finally {
                        connections.release();
                    }
                }));
            }
            for (Future<String> result : results) {
                try {
                    console.out().println(result.get());
                } catch (ExecutionException e) {
                    errors.add(
                            String.valueOf(requireNonNullElse(e.getCause(), e).getMessage()));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CliException("interrupted");
                }
            }
        }
        if (!errors.isEmpty()) {
            throw new CliException(String.join("; ", errors));
        }
    }

    private static String delete(KubeClient client, String namespace, String name) throws KubeException {
        JsonNode gateway = client.find(Resource.GATEWAYS, namespace, name);
        if (gateway == null || !new Waypoint(gateway).isWaypoint()) {
            return "waypoint " + namespace + "/" + name + " not found";
        }
        client.delete(Resource.GATEWAYS, namespace, name);
        return "waypoint " + namespace + "/" + name + " deleted";
    }
}
