package io.periplus.cli.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reading Gateways of any class. */
final class Gateways {
    private Gateways() {}

    /**
     * The Gateways of a namespace, or of all if it is null.
     *
     * @throws CliException if the cluster does not know Gateways
     */
    static List<JsonNode> list(KubeClient client, @Nullable String namespace) throws KubeException {
        try {
            return client.list(Resource.GATEWAYS, namespace, null);
        } catch (KubeException e) {
            if (e.isNotFound()) {
                throw new CliException(
                        "the cluster of context \"" + client.context() + "\" does not have the Gateway API ("
                                + e.getMessage() + "); `install` brings its definitions");
            }
            throw e;
        }
    }
}
