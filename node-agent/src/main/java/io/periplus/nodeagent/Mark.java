package io.periplus.nodeagent;

/** Marks of packets and connections in pods, of which only the bits of {@link #MASK} are ours. */
enum Mark {
    /** On every packet that ztunnel's own sockets send, which exempts them. */
    MESH("0x539"),
    /**
     * On connections that ztunnel opens to the application with the client's address as source. The application's answers are
     * addressed to that foreign address, and led back to ztunnel by the policy route.
     */
    TRANSPARENT("0x111");

    static final String MASK = "0xfff";
    static final String REST = "0xfffff000";

    private final String value;

    Mark(String value) {
        this.value = value;
    }

    String value() {
        return value;
    }
}
