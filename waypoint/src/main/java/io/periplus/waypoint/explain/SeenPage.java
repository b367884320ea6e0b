package io.periplus.waypoint.explain;

import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Seen;
import io.periplus.api.why.SeenByProxy;
import io.periplus.api.why.WhyJson;
import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminRequest;
import io.periplus.dataplane.admin.AdminResponse;
import io.periplus.dataplane.explain.SeenQuery;
import java.util.List;
import java.util.function.Supplier;

/** {@code GET /why/seen?id=…&client=…&last=…}: what this proxy remembers of real requests and connections. */
public record SeenPage(ProxyName self, Supplier<List<Seen>> all) implements AdminPage {
    @Override
    public AdminResponse answer(AdminRequest request) {
        try {
            List<Seen> seen = SeenQuery.of(request).among(all.get());
            return AdminResponse.json(WhyJson.write(new SeenByProxy(self, seen)));
        } catch (IllegalArgumentException e) {
            return AdminResponse.text(400, "expected: /why/seen?id=<request id>&client=<address>&last=<number>\n");
        }
    }
}
