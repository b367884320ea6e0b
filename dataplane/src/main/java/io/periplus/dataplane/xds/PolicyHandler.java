package io.periplus.dataplane.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.periplus.dataplane.policy.AuthorizationCompiler;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.policy.WaypointPolicyCompiler;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.xds.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Authorisation policies, compiled into the policy store. A policy that decodes but cannot be understood is kept, and
 * closes what it applies to; the control plane is told why.
 */
public final class PolicyHandler implements ResourceHandler {
    public static final String ZTUNNEL_TYPE_URL = "type.googleapis.com/istio.security.Authorization";
    public static final String WAYPOINT_TYPE_URL = "type.googleapis.com/periplus.waypoint.v1.AuthorizationPolicy";

    /** Decodes and compiles one resource. */
    private interface Compiler {
        CompiledPolicy compile(ByteString bytes) throws InvalidProtocolBufferException;
    }

    private final String typeUrl;
    private final Compiler compiler;
    private final PolicyStore store;
    /** Names of the last push that were rejected and kept, since they close what they apply to. */
    private final Set<String> closing = new HashSet<>();

    private PolicyHandler(String typeUrl, Compiler compiler, PolicyStore store) {
        this.typeUrl = typeUrl;
        this.compiler = compiler;
        this.store = store;
    }

    /** The L4 policies of ztunnel. */
    public static PolicyHandler forZtunnel(PolicyStore store) {
        return new PolicyHandler(
                ZTUNNEL_TYPE_URL, bytes -> AuthorizationCompiler.compile(Authorization.parseFrom(bytes)), store);
    }

    /** The policies of a waypoint. */
    public static PolicyHandler forWaypoint(PolicyStore store) {
        return new PolicyHandler(
                WAYPOINT_TYPE_URL,
                bytes -> WaypointPolicyCompiler.compile(AuthorizationPolicy.parseFrom(bytes)),
                store);
    }

    @Override
    public String typeUrl() {
        return typeUrl;
    }

    @Override
    public Map<String, String> apply(List<Resource> changed, List<String> removed) {
        List<CompiledPolicy> policies = new ArrayList<>(changed.size());
        Map<String, String> rejected = new HashMap<>();
        closing.clear();
        for (Resource resource : changed) {
            try {
                CompiledPolicy policy = compiler.compile(resource.getResource().getValue());
                policies.add(policy);
                String why = policy.unreadable();
                if (why != null) {
                    rejected.put(resource.getName(), why);
                    closing.add(resource.getName());
                }
            } catch (InvalidProtocolBufferException e) {
                rejected.put(resource.getName(), "undecodable: " + e.getMessage());
            }
        }
        store.apply(policies, removed);
        return rejected;
    }

    /** Those that could not be decoded: nobody knows to what they apply, so nothing can be closed for them. */
    @Override
    public Set<String> indispensable(Set<String> rejected) {
        Set<String> unknown = new HashSet<>(rejected);
        unknown.removeAll(closing);
        unknown.removeAll(store.current().policies().keySet());
        return unknown;
    }
}
