package io.periplus.ztunnel;

import io.periplus.api.SpiffeId;
import io.periplus.api.why.Answer;
import io.periplus.api.why.Caller;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Target;
import io.periplus.api.why.Verdict;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.explain.Judgements;
import io.periplus.dataplane.explain.Names;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Explanation;
import io.periplus.wire.workload.Workload;
import java.util.Objects;

/** Says what becomes of a connection to one of the node's pods: the target and the policies of the inbound proxies, told. */
final class DestinationWhy {
    private final Node node;

    DestinationWhy(Node node) {
        this.node = node;
    }

    /**
     * @param pod that is served here
     * @throws IllegalArgumentException if the question does not say who calls, or not in the form of an address
     */
    Answer answer(ProxyName self, Pod pod, Question question) {
        Answer.Builder answer = new Answer.Builder(self);
        WorkloadIndex index = node.index().current();
        Workload workload = new LocalWorkload(node, pod).in(index);
        if (workload == null || workload.getAddressesCount() == 0) {
            return answer.failed(
                    "this ztunnel has no record of pod " + pod + " yet; its connections wait for it", null);
        }
        IpAddress address = addressOf(workload, question.host());
        int port = question.port();
        if (question.tunnel()) {
            switch (target(workload, address, question)) {
                case InboundTarget.Rejected(int status, String reason) -> {
                    return answer.failed("the tunnel is answered with status " + status + ": " + reason, null);
                }
                case InboundTarget.Undecided(String lacking) -> {
                    return answer.failed("the control plane does not say what " + lacking + " is", null);
                }
                case InboundTarget.Port meant -> port = meant.port();
            }
        } else if (node.features().isOwnPort(port)) {
            return answer.failed("a connection to the proxy's own port %d would loop".formatted(port), null);
        }
        answer.target(new Target("workload", Names.of(workload).toString(), address.toString(), port, ""));
        return judged(answer, workload, attributes(question, address, port));
    }

    private InboundTarget target(Workload workload, IpAddress address, Question question) {
        IpAddress literal = ClientNames.literal(question.host());
        Authority authority = Authority.parse(
                literal == null ? question.host() + ":" + question.port() : Names.of(literal, question.port()));
        if (authority == null) {
            return new InboundTarget.Rejected(
                    InboundTarget.BAD_REQUEST, "invalid authority \"" + question.host() + ":" + question.port() + "\"");
        }
        WorkloadIndex known = node.onDemand()
                .awaitFor(i -> InboundTarget.resolve(i, node.features(), workload, address, authority)
                                instanceof InboundTarget.Undecided(String lacking)
                        ? lacking
                        : null);
        return InboundTarget.resolve(known, node.features(), workload, address, authority);
    }

    /** The address that is asked for if it is the pod's, else its first. */
    private static IpAddress addressOf(Workload workload, String host) {
        IpAddress asked = ClientNames.literal(host);
        return workload.getAddressesList().stream()
                .map(IpAddress::ofBytes)
                .filter(own -> own.equals(asked))
                .findFirst()
                .orElseGet(() -> IpAddress.ofBytes(workload.getAddresses(0)));
    }

    private static ConnectionAttributes attributes(Question question, IpAddress address, int port) {
        Caller caller = Objects.requireNonNull(question.caller(), "caller");
        String identity = question.tunnel() ? caller.identity() : null;
        return new ConnectionAttributes(
                identity == null ? null : identityOf(identity), IpAddress.parse(caller.address()), address, port);
    }

    private static SpiffeId identityOf(String identity) {
        return SpiffeId.parse(identity)
                .orElseThrow(() -> new IllegalArgumentException("\"" + identity + "\" is no SPIFFE id of a workload"));
    }

    private Answer judged(Answer.Builder answer, Workload workload, ConnectionAttributes attributes) {
        Explanation explanation = node.policies().current().explainWorkload(workload, attributes);
        var judgement = Judgements.of("workload " + Names.of(workload), explanation);
        answer.judged(judgement, explanation.changes());
        return judgement.verdict() == Verdict.ALLOWED
                ? answer.arrives("the application is connected to at "
                        + Names.of(attributes.destination(), attributes.destinationPort()) + " from "
                        + attributes.source())
                : answer.build();
    }

    /**
     * What becomes of a connection to a pod that is not served here.
     *
     * @param why it is not, as the beginning of a sentence
     */
    static Answer uncaptured(ProxyName self, Question question, String why) {
        Answer.Builder answer = new Answer.Builder(self).uncaptured();
        return question.tunnel()
                ? answer.failed(why + ", so nobody takes tunnels for it", null)
                : answer.arrives(why + ": the application is connected to in clear, and no policy is asked");
    }
}
