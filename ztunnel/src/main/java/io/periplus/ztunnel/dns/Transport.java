package io.periplus.ztunnel.dns;

/** How a message travels. */
enum Transport {
    UDP("udp"),
    TCP("tcp");

    private final String label;

    Transport(String label) {
        this.label = label;
    }

    /** As metrics call it. */
    String label() {
        return label;
    }
}
