package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Policies and traffic out of a small vocabulary, so that they meet often. */
final class PolicyGenerators {
    static final String HOST = "accounts.accounts.svc.cluster.local";

    private static final List<String> NAMESPACES = List.of("finance", "other", "fi*", "*", "f*n*e", "*r");
    private static final List<String> PRINCIPALS = List.of(
            "cluster.local/ns/finance/sa/curl", "cluster.local/ns/other/sa/curl", "cluster.local/*", "*/sa/curl", "*");
    private static final List<String> ACCOUNTS = List.of("finance/curl", "other/curl", "curl");
    private static final List<String> BLOCKS = List.of("10.1.0.7", "10.1.0.0/16", "192.168.0.0/16", "fd00::/8");
    private static final List<String> METHODS = List.of("GET", "POST", "G*", "*T", "*");
    private static final List<String> PATHS = List.of(
            "/v1/accounts/7", "/v1/accounts/8", "/v1/*", "/v1/accounts*", "*/7", "/v1/{*}/7", "/v1/{**}", "/", "*");
    private static final List<String> HOSTS = List.of(HOST, "*.cluster.local", "ACCOUNTS.*", "b.example", "*");
    private static final List<String> PORTS = List.of("8080", "9090");
    private static final List<String> SUBJECTS = List.of("https://issuer/a/alice", "https://issuer/*", "*/alice", "*");
    private static final List<String> TEAMS = List.of("blue", "red", "bl*", "*");

    private final Random random;

    PolicyGenerators(long seed) {
        this.random = new Random(seed);
    }

    List<AuthorizationPolicy> policies(int most) {
        List<AuthorizationPolicy> policies = new ArrayList<>();
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            policies.add(policy(i));
        }
        return policies;
    }

    private AuthorizationPolicy policy(int number) {
        var policy = AuthorizationPolicy.newBuilder()
                .setNamespace(random.nextInt(4) == 0 ? "istio-system" : "accounts")
                .setName("p" + number)
                .setAction(one(List.of(Action.ALLOW, Action.ALLOW, Action.DENY, Action.AUDIT)))
                .setDryRun(random.nextInt(6) == 0);
        switch (random.nextInt(5)) {
            case 0 -> policy.setEndpointScope(EndpointScope.ALL);
            case 1 -> policy.setEndpointScope(EndpointScope.NAMESPACE);
            case 2 -> policy.setEndpointScope(EndpointScope.SELECTED);
            case 3 -> policy.addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()));
            default ->
                policy.addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(HOST)));
        }
        int rules = random.nextInt(4);
        for (int i = 0; i < rules; i++) {
            policy.addRules(rule());
        }
        if (random.nextInt(40) == 0) {
            policy.addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPorts("no port")));
        }
        return policy.build();
    }

    private Rule rule() {
        Rule.Builder rule = Rule.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            rule.addFrom(source());
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            rule.addTo(operation());
        }
        if (random.nextInt(4) == 0) {
            Condition.Builder when =
                    Condition.newBuilder().setKey(one(List.of("request.headers[x-team]", "request.auth.claims[team]")));
            rule.addWhen(random.nextInt(3) == 0 ? when.addAllNotValues(some(TEAMS)) : when.addAllValues(some(TEAMS)));
        }
        if (random.nextInt(8) == 0) {
            rule.addWhen(Condition.newBuilder().setKey("source.principal").addAllNotValues(some(PRINCIPALS)));
        }
        return rule.build();
    }

    private Source source() {
        Source.Builder source = Source.newBuilder();
        do {
            switch (random.nextInt(9)) {
                case 0 -> source.addAllNamespaces(some(NAMESPACES));
                case 1 -> source.addAllPrincipals(some(PRINCIPALS));
                case 2 -> source.addAllServiceAccounts(some(ACCOUNTS));
                case 3 -> source.addAllIpBlocks(some(BLOCKS));
                case 4 -> source.addAllNotNamespaces(some(NAMESPACES));
                case 5 -> source.addAllNotPrincipals(some(PRINCIPALS));
                case 6 -> source.addAllRequestPrincipals(some(SUBJECTS));
                case 7 -> source.addTrustDomains("cluster.local");
                default -> source.addAllNotIpBlocks(some(BLOCKS));
            }
        } while (random.nextInt(3) == 0);
        return source.build();
    }

    private Operation operation() {
        Operation.Builder operation = Operation.newBuilder();
        do {
            switch (random.nextInt(8)) {
                case 0 -> operation.addAllMethods(some(METHODS));
                case 1 -> operation.addAllPaths(some(PATHS));
                case 2 -> operation.addAllHosts(some(HOSTS));
                case 3 -> operation.addAllPorts(some(PORTS));
                case 4 -> operation.addAllNotMethods(some(METHODS));
                case 5 -> operation.addAllNotPaths(some(PATHS));
                case 6 -> operation.addAllNotHosts(some(HOSTS));
                default -> operation.addAllNotPorts(some(PORTS));
            }
        } while (random.nextInt(3) == 0);
        return operation.build();
    }

    Workload workload() {
        Workload.Builder workload = Workload.newBuilder().setUid("w").setNamespace(one(List.of("accounts", "finance")));
        for (int i = 0; i < 6; i++) {
            if (random.nextInt(3) == 0) {
                workload.addAuthorizationPolicies("accounts/p" + i);
            }
        }
        return workload.build();
    }

    /** A request, or a connection. */
    RequestAttributes traffic() {
        SpiffeId client = client();
        RequestAttributes connection = new ConnectionAttributes(
                client,
                IpAddress.parse(one(List.of("10.1.0.7", "10.9.0.1", "192.168.3.4", "fd00::5"))),
                IpAddress.parse("10.2.0.9"),
                Integer.parseInt(one(PORTS)));
        if (random.nextInt(4) == 0) {
            return connection;
        }
        return new HttpRequestAttributes(
                connection,
                new Request(
                        one(List.of("GET", "POST", "PUT")),
                        one(List.of("/v1/accounts/7", "/v1/accounts/8", "/v1", "/v2/x/y", "/")),
                        one(List.of(HOST, "Accounts.accounts.svc.cluster.local", "b.example")),
                        random.nextBoolean() ? null : one(List.of("https://issuer/a/alice", "https://other/bob")),
                        random.nextBoolean() ? List.of() : some(List.of("blue", "red", "green"))));
    }

    private @Nullable SpiffeId client() {
        return switch (random.nextInt(4)) {
            case 0 -> PolicyFixtures.FINANCE;
            case 1 -> PolicyFixtures.OTHER;
            case 2 -> new SpiffeId("other.domain", "finance", "batch");
            default -> null;
        };
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private List<String> some(List<String> of) {
        List<String> chosen = new ArrayList<>();
        do {
            chosen.add(one(of));
        } while (random.nextInt(3) == 0);
        return chosen;
    }

    record Request(
            CharSequence method,
            CharSequence path,
            CharSequence host,
            @Nullable CharSequence requestPrincipal,
            List<String> teams)
            implements HttpAttributes {
        @Override
        public @Nullable CharSequence header(String name) {
            return name.equals("x-team") && !teams.isEmpty() ? String.join(",", teams) : null;
        }

        @Override
        public List<String> repeated(String name) {
            return name.equals("x-team") && teams.size() > 1 ? teams : List.of();
        }

        @Override
        public Iterable<String> claim(List<String> path) {
            if (requestPrincipal != null && (path.equals(List.of("iss")) || path.equals(List.of("sub")))) {
                String text = requestPrincipal.toString();
                int slash = text.lastIndexOf('/');
                return List.of(path.getFirst().equals("iss") ? text.substring(0, slash) : text.substring(slash + 1));
            }
            return path.equals(List.of("team")) ? teams : List.of();
        }
    }
}
