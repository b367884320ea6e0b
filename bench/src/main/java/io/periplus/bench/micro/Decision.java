package io.periplus.bench.micro;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.HttpRequestAttributes;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.dataplane.policy.RequestAttributes;
import io.periplus.dataplane.policy.WaypointPolicyCompiler;
import io.periplus.wire.workload.Workload;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An authorisation among many policies that all apply to what is asked for. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Decision {
    /** Requests that take turns: a power of two. */
    private static final int REQUESTS = 256;

    @Param({"1", "100", "1000", "10000"})
    int policies;

    @Param({"service", "namespace", "mesh"})
    String scope = "";

    private PolicySet set = PolicySet.empty();
    private RequestAttributes[] permitted = new RequestAttributes[0];
    private RequestAttributes[] refused = new RequestAttributes[0];
    private Workload workload = Workload.getDefaultInstance();
    private boolean service;
    private int turn;

    /** Makes the policies and the requests. */
    @Setup
    public void prepare() {
        service = scope.equals("service");
        workload = Workload.newBuilder()
                .setUid("cluster1//Pod/" + TenantPolicies.NAMESPACE + "/bench")
                .setNamespace(TenantPolicies.NAMESPACE)
                .build();
        set = PolicySet.of(TenantPolicies.of(policies, scope).stream()
                .map(WaypointPolicyCompiler::compile)
                .toList());
        permitted = new RequestAttributes[REQUESTS];
        refused = new RequestAttributes[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            int tenant = (int) ((long) i * policies / REQUESTS);
            permitted[i] = request(tenant, TenantPolicies.path(tenant));
            refused[i] = request(tenant, "/elsewhere/" + i);
            if (!judge(permitted[i]) || judge(refused[i])) {
                throw new IllegalStateException("tenant " + tenant + " is judged wrongly");
            }
        }
    }

    private static RequestAttributes request(int tenant, String path) {
        SpiffeId client = new SpiffeId("cluster.local", TenantPolicies.namespace(tenant), TenantPolicies.ACCOUNT);
        return new HttpRequestAttributes(
                new ConnectionAttributes(
                        client, IpAddress.parse("10.1.0.7"), IpAddress.parse("10.2.0.9"), TenantPolicies.PORT),
                new FixedRequest("GET", path, TenantPolicies.HOST + ":" + TenantPolicies.PORT));
    }

    private boolean judge(RequestAttributes request) {
        var decision = service
                ? set.authorizeService(TenantPolicies.NAMESPACE, TenantPolicies.HOST, request)
                : set.authorizeWorkload(workload, request);
        return decision.isAllowed();
    }

    private int next() {
        turn = turn + 1 & REQUESTS - 1;
        return turn;
    }

    /** A request that one of the policies allows. */
    @Benchmark
    public boolean allow() {
        return judge(permitted[next()]);
    }

    /** A request that none allows; the refusal names the nearest rule. */
    @Benchmark
    public boolean refuse() {
        return judge(refused[next()]);
    }
}
