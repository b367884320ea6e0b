package io.periplus.ztunnel;

import io.periplus.api.why.Answer;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Target;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Addressed;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says where a connection of one of the node's pods would go: the route of {@link OutboundRouter}, told. */
final class SourceWhy {
    private final Node node;
    private final OutboundRouter router;
    private final ClientNames names;

    SourceWhy(Node node, ClientNames names) {
        this.node = node;
        this.router = new OutboundRouter(node.resolver());
        this.names = names;
    }

    /** @param pod that is served here */
    Answer answer(ProxyName self, Pod pod, Question question) {
        Answer.Builder answer = new Answer.Builder(self);
        WorkloadIndex index = node.index().current();
        Workload client = new LocalWorkload(node, pod).in(index);
        if (client == null || client.getAddressesCount() == 0) {
            return answer.failed(
                    "this ztunnel has no record of pod " + pod + " yet; its connections wait for it", null);
        }
        WorkloadIndex named = node.onDemand().awaitFor(i -> names.lacking(i, client, question.host()));
        IpAddress destination = names.resolve(named, client, question.host());
        if (destination == null) {
            return answer.advise("ask with the address that the client's own DNS gives: --to <address>:<port>")
                    .failed(
                            "no service that namespace " + client.getNamespace() + " sees has the host name "
                                    + question.host(),
                            null);
        }
        IpAddress from = IpAddress.ofBytes(client.getAddresses(0));
        WorkloadIndex known = node.onDemand()
                .awaitFor(i -> router.route(i, client, from, destination, question.port(), Set.of())
                                instanceof Route.Undecided(String lacking, Service ignored)
                        ? lacking
                        : null);
        Addressed addressed = known.find(client.getNetwork(), destination, client.getNamespace());
        answer.target(target(addressed, destination, question.port()));
        Route route = router.route(known, client, from, destination, question.port(), Set.of());
        return new RouteStory(answer, known, client, addressed, question.port()).told(route);
    }

    static Target target(@Nullable Addressed addressed, IpAddress address, int port) {
        String kind = switch (addressed) {
            case Addressed.OfService _ -> "service";
            case Addressed.OfWorkload _ -> "workload";
            case null -> "unknown";
        };
        return new Target(kind, ClientNames.nameOf(addressed), address.toString(), port, protocol(addressed, port));
    }

    private static String protocol(@Nullable Addressed addressed, int port) {
        if (addressed instanceof Addressed.OfService(ServiceEntry service)) {
            for (Port declared : service.service().getPortsList()) {
                if (declared.getServicePort() == port && declared.getAppProtocol() != AppProtocol.UNKNOWN) {
                    return declared.getAppProtocol().name();
                }
            }
        }
        return "";
    }
}
