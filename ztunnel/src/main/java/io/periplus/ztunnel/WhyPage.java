package io.periplus.ztunnel;

import io.periplus.api.why.Answer;
import io.periplus.api.why.PodName;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Side;
import io.periplus.api.why.WhyJson;
import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminRequest;
import io.periplus.dataplane.admin.AdminResponse;
import java.io.IOException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** {@code POST /why}: what this ztunnel would do, decided by what enforces, with the snapshot of this moment. */
final class WhyPage implements AdminPage {
    private final ProxyName self;
    private final PodProxies pods;
    private final SourceWhy source;
    private final OutsideWhy outside;
    private final DestinationWhy destination;

    /** @param domain of the cluster */
    WhyPage(ProxyName self, Node node, PodProxies pods, String domain) {
        this.self = self;
        this.pods = pods;
        this.source = new SourceWhy(node, new ClientNames(domain));
        this.outside = new OutsideWhy(node, new ClientNames(domain));
        this.destination = new DestinationWhy(node);
    }

    @Override
    public AdminResponse answer(AdminRequest request) {
        if (!request.isPost()) {
            return AdminResponse.methodNotAllowed("POST");
        }
        try {
            return AdminResponse.json(WhyJson.write(answer(WhyJson.read(request.body(), Question.class))));
        } catch (IOException | IllegalArgumentException e) {
            return AdminResponse.text(400, "not a question: " + e.getMessage() + "\n");
        }
    }

    Answer answer(Question question) {
        PodName name = question.pod();
        if (name == null) {
            if (question.side() == Side.SOURCE) {
                return outside.answer(self, null, question, "the client is no pod of the mesh");
            }
            throw new IllegalArgumentException("pod is missing");
        }
        Pod served = find(pods.active().values().stream().map(PodProxy::pod).toList(), name);
        return switch (question.side()) {
            case SOURCE ->
                served == null
                        ? outside.answer(self, name, question, whyNot(name))
                        : source.answer(self, served, question);
            case DESTINATION ->
                served == null
                        ? DestinationWhy.uncaptured(self, question, whyNot(name))
                        : destination.answer(self, served, question);
            case WAYPOINT, GATEWAY ->
                throw new IllegalArgumentException("ztunnel takes questions of sides source and destination");
        };
    }

    private String whyNot(PodName name) {
        return find(pods.waiting().values(), name) != null
                ? "ztunnel cannot serve pod " + name + " yet; its log says why, and it tries again every few seconds"
                : "pod " + name + " is not captured by this ztunnel";
    }

    private static @Nullable Pod find(Collection<Pod> pods, PodName name) {
        return pods.stream()
                .filter(pod ->
                        pod.namespace().equals(name.namespace()) && pod.name().equals(name.name()))
                .findFirst()
                .orElse(null);
    }
}
