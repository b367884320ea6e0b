package io.periplus.dataplane.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.wire.workload.Address;
import io.periplus.wire.xds.Resource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Workloads and services, into the index. */
public final class AddressHandler implements ResourceHandler {
    public static final String TYPE_URL = "type.googleapis.com/istio.workload.Address";

    private final IndexStore index;

    public AddressHandler(IndexStore index) {
        this.index = index;
    }

    @Override
    public String typeUrl() {
        return TYPE_URL;
    }

    @Override
    public Map<String, String> apply(List<Resource> changed, List<String> removed) {
        Map<String, Address> addresses = new LinkedHashMap<>();
        Map<String, String> rejected = new HashMap<>();
        for (Resource resource : changed) {
            try {
                addresses.put(
                        resource.getName(),
                        Address.parseFrom(resource.getResource().getValue()));
            } catch (InvalidProtocolBufferException e) {
                rejected.put(resource.getName(), "undecodable: " + e.getMessage());
            }
        }
        rejected.putAll(index.apply(addresses, removed));
        return rejected;
    }

    @Override
    public boolean isOnDemand() {
        return !index.current().isComplete();
    }

    @Override
    public void answered(Collection<String> names) {
        index.answered(names);
    }

    @Override
    public void forgotten(Collection<String> names) {
        index.forgotten(names);
    }
}
