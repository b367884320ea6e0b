package io.periplus.controlplane.kube;

import com.google.protobuf.Duration;
import io.periplus.api.GoDurations;
import io.periplus.wire.waypoint.BackendLoadBalancing;
import io.periplus.wire.waypoint.BackendLoadBalancing.Algorithm;
import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.ConsistentHash;
import io.periplus.wire.waypoint.HashCookie;
import io.periplus.wire.waypoint.LocalityDistribute;
import io.periplus.wire.waypoint.LocalityFailover;
import io.periplus.wire.waypoint.LocalityLoadBalancing;
import io.periplus.wire.waypoint.OutlierDetection;
import io.periplus.wire.waypoint.ProxyProtocol;
import io.periplus.wire.waypoint.RetryBudget;
import io.periplus.wire.waypoint.TcpKeepalive;
import io.periplus.wire.waypoint.TrafficPolicy;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** The parts of a DestinationRule's traffic policy, one method for each. */
final class TrafficFields {
    private final TrafficPolicy.Builder message;
    private final List<String> problems;

    /** @param problems takes what cannot be applied */
    TrafficFields(TrafficPolicy.Builder message, List<String> problems) {
        this.message = message;
        this.problems = problems;
    }

    // ---- load balancing

    void loadBalancing(Tree policy) {
        if (!policy.has("loadBalancer")) {
            return;
        }
        Tree balancer = policy.at("loadBalancer");
        BackendLoadBalancing.Builder balancing = message.getLoadBalancingBuilder();
        if (balancer.has("consistentHash")) {
            balancing.setAlgorithm(Algorithm.CONSISTENT_HASH).setConsistentHash(hash(balancer.at("consistentHash")));
        } else {
            balancing.setAlgorithm(
                    switch (balancer.text("simple")) {
                        case "ROUND_ROBIN" -> Algorithm.ROUND_ROBIN;
                        case "RANDOM" -> Algorithm.RANDOM;
                        case "PASSTHROUGH" -> Algorithm.PASSTHROUGH;
                        case "LEAST_REQUEST", "LEAST_CONN" -> Algorithm.LEAST_REQUEST;
                        default -> Algorithm.DEFAULT;
                    });
        }
        if (balancer.has("warmup")) {
            duration(balancer.at("warmup"), "duration", balancing::setWarmup);
        } else {
            duration(balancer, "warmupDurationSecs", balancing::setWarmup);
        }
        if (balancer.has("localityLbSetting")) {
            balancing.setLocality(locality(balancer.at("localityLbSetting")));
        }
    }

    private ConsistentHash hash(Tree hash) {
        ConsistentHash.Builder built = ConsistentHash.newBuilder();
        if (hash.has("httpHeaderName")) {
            built.setHeader(hash.text("httpHeaderName"));
        } else if (hash.has("httpCookie")) {
            Tree cookie = hash.at("httpCookie");
            HashCookie.Builder wanted =
                    HashCookie.newBuilder().setName(cookie.text("name")).setPath(cookie.text("path"));
            duration(cookie, "ttl", wanted::setTtl);
            built.setCookie(wanted);
        } else if (hash.flag("useSourceIp")) {
            built.setSourceIp(true);
        } else if (hash.has("httpQueryParameterName")) {
            built.setQueryParameter(hash.text("httpQueryParameterName"));
        } else {
            problems.add("loadBalancer.consistentHash names no key (expected one of httpHeaderName, httpCookie, "
                    + "useSourceIp, httpQueryParameterName); endpoints are chosen at random");
        }
        if (hash.has("maglev")) {
            return built.setRing(ConsistentHash.Ring.MAGLEV)
                    .setSize(hash.at("maglev").number("tableSize"))
                    .build();
        }
        int size = hash.at("ringHash").number("minimumRingSize");
        return built.setSize(size > 0 ? size : hash.number("minimumRingSize")).build();
    }

    private LocalityLoadBalancing locality(Tree setting) {
        LocalityLoadBalancing.Builder locality =
                LocalityLoadBalancing.newBuilder().setDisabled(setting.denied("enabled"));
        for (Tree rule : setting.list("distribute")) {
            LocalityDistribute.Builder distribute =
                    LocalityDistribute.newBuilder().setFrom(rule.text("from"));
            rule.at("to").fields().forEach((to, share) -> {
                if (share instanceof Number percent) {
                    distribute.putTo(String.valueOf(to), percent.intValue());
                }
            });
            locality.addDistribute(distribute);
        }
        for (Tree rule : setting.list("failover")) {
            locality.addFailover(
                    LocalityFailover.newBuilder().setFrom(rule.text("from")).setTo(rule.text("to")));
        }
        return locality.addAllFailoverPriority(setting.texts("failoverPriority"))
                .build();
    }

    // ---- connections

    void connectionPool(Tree policy) {
        if (!policy.has("connectionPool")) {
            return;
        }
        Tree tcp = policy.at("connectionPool", "tcp");
        Tree http = policy.at("connectionPool", "http");
        ConnectionPool.Builder pool = message.getConnectionPoolBuilder();
        pool.setMaxConnections(tcp.number("maxConnections"));
        duration(tcp, "connectTimeout", pool::setConnectTimeout);
        duration(tcp, "idleTimeout", pool::setTcpIdleTimeout);
        duration(tcp, "maxConnectionDuration", pool::setMaxConnectionDuration);
        if (tcp.has("tcpKeepalive")) {
            Tree keepalive = tcp.at("tcpKeepalive");
            TcpKeepalive.Builder built = TcpKeepalive.newBuilder().setProbes(keepalive.number("probes"));
            duration(keepalive, "time", built::setTime);
            duration(keepalive, "interval", built::setInterval);
            pool.setTcpKeepalive(built);
        }
        pool.setHttp1MaxPendingRequests(http.number("http1MaxPendingRequests"))
                .setHttp2MaxRequests(http.number("http2MaxRequests"))
                .setMaxRequestsPerConnection(http.number("maxRequestsPerConnection"))
                .setMaxRetries(http.number("maxRetries"))
                .setMaxConcurrentStreams(http.number("maxConcurrentStreams"))
                .setUseClientProtocol(http.flag("useClientProtocol"))
                .setH2UpgradePolicy(
                        switch (http.text("h2UpgradePolicy")) {
                            case "UPGRADE" -> ConnectionPool.UpgradePolicy.UPGRADE;
                            case "DO_NOT_UPGRADE" -> ConnectionPool.UpgradePolicy.DO_NOT_UPGRADE;
                            default -> ConnectionPool.UpgradePolicy.DEFAULT;
                        });
        duration(http, "idleTimeout", pool::setHttpIdleTimeout);
    }

    // ---- failures

    void outlierDetection(Tree policy) {
        if (!policy.has("outlierDetection")) {
            return;
        }
        Tree from = policy.at("outlierDetection");
        OutlierDetection.Builder outlier = message.getOutlierDetectionBuilder();
        outlier.setSplitExternalLocalOriginErrors(from.flag("splitExternalLocalOriginErrors"));
        number(from, "consecutiveLocalOriginFailures", outlier::setConsecutiveLocalOriginFailures);
        number(from, "consecutiveErrors", outlier::setConsecutiveGatewayErrors);
        number(from, "consecutiveGatewayErrors", outlier::setConsecutiveGatewayErrors);
        number(from, "consecutive5xxErrors", outlier::setConsecutive5XxErrors);
        number(from, "minHealthPercent", outlier::setMinHealthPercent);
        // The default of the schema and "none" cannot be told apart: 0 ejects nobody, so it is not meant.
        if (from.number("maxEjectionPercent") > 0) {
            outlier.setMaxEjectionPercent(from.number("maxEjectionPercent"));
        }
        duration(from, "interval", outlier::setInterval);
        duration(from, "baseEjectionTime", outlier::setBaseEjectionTime);
    }

    void proxyProtocol(Tree policy) {
        if (policy.has("proxyProtocol")) {
            message.setProxyProtocol(
                    policy.at("proxyProtocol").text("version").equals("V2")
                            ? ProxyProtocol.PROXY_V2
                            : ProxyProtocol.PROXY_V1);
        }
    }

    void retryBudget(Tree policy) {
        if (!policy.has("retryBudget")) {
            return;
        }
        Tree from = policy.at("retryBudget");
        RetryBudget.Builder budget = message.getRetryBudgetBuilder();
        if (from.fields().get("percent") instanceof Number percent) {
            budget.setPercent(percent.doubleValue());
        }
        if (from.number("minRetryConcurrency") > 0) {
            budget.setMinConcurrent(from.number("minRetryConcurrency"));
        }
    }

    private static void number(Tree from, String field, IntConsumer set) {
        Long number = from.numberOrNull(field);
        if (number != null) {
            set.accept(Math.clamp(number, 0, Integer.MAX_VALUE));
        }
    }

    private void duration(Tree from, String field, Consumer<Duration> set) {
        if (!from.has(field)) {
            return;
        }
        java.time.Duration duration = GoDurations.parse(from.text(field));
        if (duration == null) {
            problems.add(
                    field + " \"" + from.text(field) + "\" is no duration (expected: such as 10s, 250ms or 1h30m)");
        } else {
            set.accept(Duration.newBuilder()
                    .setSeconds(duration.toSeconds())
                    .setNanos(duration.getNano())
                    .build());
        }
    }
}
