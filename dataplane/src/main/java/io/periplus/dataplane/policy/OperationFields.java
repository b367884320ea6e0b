package io.periplus.dataplane.policy;

import io.periplus.wire.waypoint.Operation;
import java.util.List;

/** {@code to[].operation}. Hosts compare without regard to case; paths may be templates. */
final class OperationFields {
    private OperationFields() {}

    static List<Condition> conditions(Operation operation) {
        Fields to = new Fields();
        to.port("ports", operation.getPortsList(), false);
        to.port("notPorts", operation.getNotPortsList(), true);
        to.http("methods", HttpAttributes::method, operation.getMethodsList(), false, OperationFields::plain);
        to.http("notMethods", HttpAttributes::method, operation.getNotMethodsList(), true, OperationFields::plain);
        to.http("paths", HttpAttributes::path, operation.getPathsList(), false, OperationFields::path);
        to.http("notPaths", HttpAttributes::path, operation.getNotPathsList(), true, OperationFields::path);
        to.http("hosts", HttpAttributes::host, operation.getHostsList(), false, OperationFields::host);
        to.http("notHosts", HttpAttributes::host, operation.getNotHostsList(), true, OperationFields::host);
        return to.conditions();
    }

    private static StringMatcher plain(String value) {
        return StringMatcher.parse(value, false);
    }

    private static StringMatcher host(String value) {
        return StringMatcher.parse(value, true);
    }

    private static StringMatcher path(String value) {
        return PathTemplate.isTemplate(value) ? PathTemplate.parse(value) : StringMatcher.parse(value, false);
    }
}
