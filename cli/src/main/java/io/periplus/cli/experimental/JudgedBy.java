package io.periplus.cli.experimental;

import io.periplus.api.Annotations;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;

/** Which proxies judge a policy: some actions are not for ztunnels. */
final class JudgedBy {
    private static final String NOBODY = "nobody";
    private static final String IN_DRY_RUN = ", in dry run";

    private JudgedBy() {}

    /** For a policy without targets, at a captured pod. */
    static String ztunnel(KubeObject policy, boolean fronted) {
        String action = action(policy);
        if (action.equals("CUSTOM")) {
            return NOBODY + " (ztunnel asks no authorizer; give the policy targetRefs)";
        }
        boolean dry = isDryRun(policy);
        if (dry || action.equals("AUDIT")) {
            String why = dry ? "in dry run" : "AUDIT";
            return fronted
                    ? "waypoint for requests through it" + (dry ? IN_DRY_RUN : "")
                    : NOBODY + " (ztunnel does not judge what is " + why + ", and no waypoint is in front)";
        }
        return fronted ? "ztunnel; waypoint for requests through it" : "ztunnel";
    }

    /** For a policy without targets, at a pod of a Gateway at the edge. */
    static String gateway(KubeObject policy) {
        return "its Gateway" + (isDryRun(policy) ? IN_DRY_RUN : "");
    }

    /**
     * For a policy with targets.
     *
     * @param what of the waypoint's traffic it is about, empty for all of it
     */
    static String waypoint(KubeObject policy, boolean fronted, String what) {
        return !fronted
                ? NOBODY + " (no waypoint)"
                : "waypoint" + (what.isEmpty() ? "" : ", for " + what) + (isDryRun(policy) ? IN_DRY_RUN : "");
    }

    static String action(KubeObject policy) {
        String action = policy.text("/spec/action");
        return action.isEmpty() ? "ALLOW" : action;
    }

    private static boolean isDryRun(KubeObject policy) {
        return policy.annotation(Annotations.DRY_RUN).equals("true")
                || policy.kind() == ObjectKind.RATE_LIMIT_POLICY
                        && policy.at("/spec/dryRun").asBoolean();
    }
}
