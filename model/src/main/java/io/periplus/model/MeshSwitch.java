package io.periplus.model;

/** What a mesh does or leaves, each turned by a variable in the environment of the control plane. */
public enum MeshSwitch {
    /** Policies are shaped so that a hop from a workload's own waypoint is admitted. */
    POLICY_FOLLOWS_TRAFFIC("PERIPLUS_POLICY_FOLLOWS_TRAFFIC", true),
    /** An unready waypoint refuses traffic where L7 policy targets the service. */
    WAYPOINT_FAIL_CLOSED("PERIPLUS_WAYPOINT_FAIL_CLOSED", true),
    /** Ztunnels get policies in dry run too. */
    ZTUNNEL_DRY_RUN("AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY", false),
    /** Routes in a client's namespace apply to that namespace's clients. */
    CONSUMER_ROUTES("PERIPLUS_CONSUMER_ROUTES", true),
    /** Routes that come to nothing for want of a waypoint have the condition {@code ResolvedWaypoints: False}. */
    UNRESOLVED_WAYPOINTS("PERIPLUS_UNRESOLVED_WAYPOINTS", true),
    /** What is deployed for a Gateway has its labels and annotations, unless it says others. */
    GATEWAY_COPIES("PILOT_ENABLE_GATEWAY_API_COPY_LABELS_ANNOTATIONS", true),
    /** A DENY rule goes on at ztunnels without the parts of it that ask about HTTP alone. */
    ZTUNNEL_DENIES_WITHOUT_HTTP("PERIPLUS_ZTUNNEL_DENY_WITHOUT_HTTP", true);

    private final String variable;
    private final boolean unset;

    MeshSwitch(String variable, boolean unset) {
        this.variable = variable;
        this.unset = unset;
    }

    /** The name of the variable, whose values are {@code true} and {@code false}. */
    public String variable() {
        return variable;
    }

    /** What holds where the variable is not set. */
    public boolean unset() {
        return unset;
    }
}
