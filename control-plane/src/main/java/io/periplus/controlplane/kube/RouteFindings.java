package io.periplus.controlplane.kube;

import io.periplus.model.input.RouteProblem;
import io.periplus.model.input.RouteProblem.Reason;
import java.util.ArrayList;
import java.util.List;

/** What cannot be applied of a part of a route, as it is found out while the part is read. */
final class RouteFindings {
    private final String where;
    private final List<RouteProblem> problems = new ArrayList<>();
    private String unusable = "";

    /**
     * No findings.
     *
     * @param where in the route, for messages
     */
    RouteFindings(String where) {
        this.where = where;
    }

    /** Something that can be left out without harm to the rest. */
    void leftOut(String message) {
        problems.add(new RouteProblem(Reason.UNSUPPORTED_VALUE, where + ": " + message));
    }

    /** Something without which requests cannot be served as their author means it. */
    void unusable(Reason reason, String message) {
        RouteProblem problem = new RouteProblem(reason, where + ": " + message);
        problems.add(problem);
        if (unusable.isEmpty()) {
            unusable = problem.message();
        }
    }

    /** The same because of a value. */
    void unusable(String message) {
        unusable(Reason.UNSUPPORTED_VALUE, message);
    }

    /** Why requests cannot be served; empty when they can. */
    String unusable() {
        return unusable;
    }

    List<RouteProblem> problems() {
        return List.copyOf(problems);
    }
}
