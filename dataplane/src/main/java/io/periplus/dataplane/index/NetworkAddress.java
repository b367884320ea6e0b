package io.periplus.dataplane.index;

import io.periplus.dataplane.address.IpAddress;

/** An address and the network it means something in. Written {@code network/ip}, with an empty network as nothing. */
public record NetworkAddress(String network, IpAddress address) {
    @Override
    public String toString() {
        return network + "/" + address;
    }
}
