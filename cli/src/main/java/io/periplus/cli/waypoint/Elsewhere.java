package io.periplus.cli.waypoint;

import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;

/** The line of advice on stderr when a namespace has no waypoint but others have. */
final class Elsewhere {
    private Elsewhere() {}

    static void advise(Console console, KubeClient client, String namespace) {
        int count;
        try {
            count = WaypointList.waypoints(Gateways.list(client, null)).size();
        } catch (KubeException | CliException _) {
            // the user may not read other namespaces; advice is a courtesy
            return;
        }
        if (count > 0) {
            console.err()
                    .println("namespace \"" + namespace + "\" has no waypoint; "
                            + (count == 1 ? "there is 1" : "there are " + count)
                            + " in other namespaces (-A shows all, -n <namespace> one)");
        }
    }
}
