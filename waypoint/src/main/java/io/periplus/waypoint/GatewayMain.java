package io.periplus.waypoint;

/** Starts the proxy of a Gateway of class {@code istio} with its configuration from the environment; ends on SIGTERM. */
public final class GatewayMain {
    private GatewayMain() {}

    /** The process's entry point; {@code args} are those of upstream's proxy and say nothing that the environment does not. */
    public static void main(String[] args) {
        ProxyMain.run(ProxyKind.GATEWAY);
    }
}
