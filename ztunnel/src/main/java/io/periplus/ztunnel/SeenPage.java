package io.periplus.ztunnel;

import io.netty.channel.EventLoopGroup;
import io.periplus.api.why.Caller;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Seen;
import io.periplus.api.why.SeenByProxy;
import io.periplus.api.why.Verdict;
import io.periplus.api.why.WhyJson;
import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminRequest;
import io.periplus.dataplane.admin.AdminResponse;
import io.periplus.dataplane.explain.Names;
import io.periplus.dataplane.explain.SeenQuery;
import io.periplus.dataplane.policy.Decision;
import io.periplus.wire.workload.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /why/seen?client=…&last=…}: what this ztunnel remembers of real connections. */
record SeenPage(ProxyName self, RecentFlows flows, EventLoopGroup loops) implements AdminPage {
    @Override
    public AdminResponse answer(AdminRequest request) {
        try {
            SeenQuery query = SeenQuery.of(request);
            List<Seen> all = new ArrayList<>();
            loops.forEach(loop -> all.addAll(loop.submit(() ->
                            flows.ofThisLoop().stream().map(SeenPage::told).toList())
                    .syncUninterruptibly()
                    .getNow()));
            return AdminResponse.json(WhyJson.write(new SeenByProxy(self, query.among(all))));
        } catch (IllegalArgumentException e) {
            return AdminResponse.text(400, "expected: /why/seen?client=<address>&last=<number>\n");
        }
    }

    private static Seen told(Flow flow) {
        boolean outbound = flow.reporter == Flow.Reporter.SOURCE;
        Decision.Denied denied = flow.denied;
        String target = flow.service == null
                ? nameOf(flow.destinationWorkload)
                : flow.service.getNamespace() + "/" + flow.service.getHostname();
        return new Seen(
                Instant.ofEpochMilli(flow.startedMillis()).toString(),
                null,
                (outbound ? "outgoing connection to " : "incoming connection to ") + asked(flow),
                flow.sourceIdentity == null ? null : flow.sourceIdentity.toString(),
                Names.of(flow.source),
                target,
                null,
                flow.nextHop == null ? null : Names.of(flow.nextHop),
                denied != null ? Verdict.DENIED : flow.error() != null ? Verdict.FAILED : Verdict.ALLOWED,
                0,
                reason(flow, denied),
                denied == null || denied.policy() == null ? null : "AuthorizationPolicy " + denied.policy(),
                flow.durationMillis(),
                question(flow, outbound));
    }

    private static String asked(Flow flow) {
        return flow.hboneTarget != null && flow.reporter == Flow.Reporter.DESTINATION
                ? flow.hboneTarget
                : Names.of(flow.destination);
    }

    private static String nameOf(@Nullable Workload workload) {
        return workload == null ? "" : Names.of(workload).toString();
    }

    private static String reason(Flow flow, Decision.@Nullable Denied denied) {
        if (denied != null) {
            return denied.why();
        }
        String error = flow.error();
        if (error != null) {
            return error;
        }
        return flow.isClosed() ? "ended in order" : "is open";
    }

    private static @Nullable Question question(Flow flow, boolean outbound) {
        Workload pod = outbound ? flow.sourceWorkload : flow.destinationWorkload;
        if (pod == null) {
            return null;
        }
        String host = flow.destination.getAddress().getHostAddress();
        int port = flow.destination.getPort();
        if (outbound) {
            return Question.ofSource(Names.of(pod), host, port);
        }
        String identity = flow.sourceIdentity == null ? null : flow.sourceIdentity.toString();
        Caller caller = new Caller(identity, flow.source.getAddress().getHostAddress());
        Authority authority = flow.hboneTarget == null ? null : Authority.parse(flow.hboneTarget);
        return switch (authority) {
            case Authority.Ip ip ->
                Question.ofDestination(Names.of(pod), ip.address().toString(), ip.port(), caller, true);
            case Authority.Host name -> Question.ofDestination(Names.of(pod), name.name(), name.port(), caller, true);
            case null -> Question.ofDestination(Names.of(pod), host, port, caller, false);
        };
    }
}
