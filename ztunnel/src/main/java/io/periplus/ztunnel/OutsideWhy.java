package io.periplus.ztunnel;

import io.periplus.api.why.Answer;
import io.periplus.api.why.Hop;
import io.periplus.api.why.PodName;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.explain.EndpointStates;
import io.periplus.dataplane.explain.Names;
import io.periplus.dataplane.index.Addressed;
import io.periplus.dataplane.index.Choice;
import io.periplus.dataplane.index.EndpointChooser.Purpose;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.Upstream;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says where a connection of a client goes that ztunnel does not serve: the node's own service addresses lead it straight to
 * an endpoint, past every waypoint, in clear and without an identity.
 */
final class OutsideWhy {
    private final Node node;
    private final ClientNames names;

    OutsideWhy(Node node, ClientNames names) {
        this.node = node;
        this.names = names;
    }

    /**
     * @param pod the client; null for one that is no pod
     * @param why it is not served, as the beginning of a sentence
     */
    Answer answer(ProxyName self, @Nullable PodName pod, Question question, String why) {
        Answer.Builder answer = new Answer.Builder(self).uncaptured();
        WorkloadIndex current = node.index().current();
        Workload client = client(current, pod);
        WorkloadIndex named = node.onDemand().awaitFor(i -> names.lacking(i, client, question.host()));
        IpAddress destination = names.resolve(named, client, question.host());
        if (destination == null) {
            return answer.failed(why + ", and no service has the host name " + question.host(), null);
        }
        WorkloadIndex index = node.onDemand().awaitFor(i -> i.toAsk(client.getNetwork(), destination));
        Addressed addressed = index.find(client.getNetwork(), destination, client.getNamespace());
        answer.target(SourceWhy.target(addressed, destination, question.port()));
        return switch (node.resolver().forDestination(index, client, destination, question.port(), Set.of())) {
            case Choice.Refused(String reason) -> answer.failed(reason, ClientNames.nameOf(addressed));
            case Choice.Passthrough() ->
                answer.goesOn(
                        why + ", and the mesh does not know " + destination,
                        hop(null, Names.of(destination, question.port())));
            case Choice.Chosen(Upstream upstream) -> {
                if (addressed instanceof Addressed.OfService(ServiceEntry service)) {
                    String uid = upstream.workload().getUid();
                    answer.endpoints(EndpointStates.of(service, question.port(), client, Purpose.SERVICE, uid));
                }
                IpAddress address = upstream.address();
                yield address == null
                        ? answer.failed(Names.of(upstream.workload()) + " has no address", null)
                        : answer.goesOn(
                                why + ": it connects in clear and without an identity, past every waypoint",
                                hop(upstream.workload(), Names.of(address, upstream.port())));
            }
        };
    }

    private static Hop hop(@Nullable Workload workload, String address) {
        return workload == null
                ? new Hop("unknown", null, null, "", "", address, false, null, null, List.of())
                : new Hop(
                        "workload",
                        null,
                        Names.of(workload),
                        workload.getNode(),
                        workload.getClusterId(),
                        address,
                        false,
                        null,
                        null,
                        List.of());
    }

    private Workload client(WorkloadIndex index, @Nullable PodName pod) {
        List<Workload> found = new ArrayList<>(1);
        index.forEachWorkload(workload -> {
            if (Names.of(workload).equals(pod)) {
                found.add(workload);
            }
        });
        return found.isEmpty()
                ? Workload.newBuilder().setNetwork(node.network()).build()
                : found.getFirst();
    }
}
