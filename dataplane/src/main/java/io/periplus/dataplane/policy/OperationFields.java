package io.periplus.dataplane.policy;

import io.periplus.wire.waypoint.Operation;
import java.util.List;

/** {@code to[].operation}. Hosts compare without regard to case; paths may be templates. */
final class OperationFields {
    private OperationFields() {}

    static List<Condition> conditions(Operation operation) {
        Fields to = new Fields();
        to.port("ports", operation.getPortsList(), false, UserSyntax::port);
        to.port("notPorts", operation.getNotPortsList(), true, UserSyntax::port);
        to.text("methods", TextAttribute.METHOD, operation.getMethodsList(), false);
        to.text("notMethods", TextAttribute.METHOD, operation.getNotMethodsList(), true);
        to.text("paths", TextAttribute.PATH, operation.getPathsList(), false, UserSyntax::path);
        to.text("notPaths", TextAttribute.PATH, operation.getNotPathsList(), true, UserSyntax::path);
        to.text("hosts", TextAttribute.HOST, operation.getHostsList(), false);
        to.text("notHosts", TextAttribute.HOST, operation.getNotHostsList(), true);
        return to.conditions();
    }
}
