package io.periplus.model.gateway;

/** Why what a Gateway asks for is not deployed, in words for its author. */
public sealed interface GatewayProblem {
    String message();

    /** Something of the cluster is in the way: {@code Programmed} is false. */
    record NotDeployed(String message) implements GatewayProblem {}

    /** What the Gateway, or a ConfigMap for it, says cannot be done: {@code Accepted} is false. */
    record InvalidParameters(String message) implements GatewayProblem {}
}
