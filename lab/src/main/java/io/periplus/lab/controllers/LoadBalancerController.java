package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.SERVICE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Gives Services of type LoadBalancer an address of the cluster's range for them, and takes it back when the type changes. */
final class LoadBalancerController implements Controller<Key> {
    private final ObjectStore store;
    private final EventRecorder events;
    private final String range;
    private final int first;
    private final int last;
    /** Two Services at a time must not choose the same address. */
    private final ReentrantLock choosing = new ReentrantLock();

    /** @param range CIDR; its first and last address are not given out */
    LoadBalancerController(ObjectStore store, EventRecorder events, String range) {
        this.store = store;
        this.events = events;
        this.range = range;
        int slash = range.indexOf('/');
        int size = 1 << 32 - Integer.parseInt(range.substring(slash + 1));
        int network = toInt(range.substring(0, slash)) & -size;
        this.first = network + 1;
        this.last = network + size - 2;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(SERVICE, service -> List.of(Key.of(service)));
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode service = store.get(SERVICE, key.namespace(), key.name());
        if (service == null || Meta.deleting(service)) {
            return null;
        }
        boolean wanted = service.path("spec").path("type").asText().equals("LoadBalancer")
                && Meta.text(service.path("spec").path("loadBalancerClass")) == null;
        boolean present = !service.path("status").path("loadBalancer").path("ingress").isEmpty();
        if (wanted && !present) {
            assign(key, service);
        } else if (!wanted && present && !service.path("spec").path("type").asText().equals("LoadBalancer")) {
            store.updateStatus(SERVICE, key.namespace(), key.name(), copy -> {
                copy.withObject("/status").putObject("loadBalancer");
                return copy;
            });
        }
        return null;
    }

    private void assign(Key key, ObjectNode service) {
        choosing.lock();
        try {
            String address = choose(service);
            if (address == null) {
                events.warning(
                        SERVICE, service, "SyncLoadBalancerFailed", "no address of " + range + " is free: delete a Service");
                return;
            }
            store.updateStatus(SERVICE, key.namespace(), key.name(), copy -> {
                ObjectNode ingress = copy.withObject("/status").putObject("loadBalancer").putArray("ingress").addObject();
                ingress.put("ip", address).put("ipMode", "VIP");
                return copy;
            });
        } finally {
            choosing.unlock();
        }
    }

    private @Nullable String choose(ObjectNode service) {
        Set<String> taken = new HashSet<>();
        for (ObjectNode each : store.list(SERVICE, null)) {
            for (JsonNode ingress : each.path("status").path("loadBalancer").path("ingress")) {
                taken.add(ingress.path("ip").asText());
            }
        }
        String asked = Meta.text(service.path("spec").path("loadBalancerIP"));
        if (asked != null && !taken.contains(asked)) {
            return asked;
        }
        for (int address = first; address <= last; address++) {
            String text = toText(address);
            if (!taken.contains(text)) {
                return text;
            }
        }
        return null;
    }

    private static int toInt(String address) {
        return ByteBuffer.wrap(InetAddress.ofLiteral(address).getAddress()).getInt();
    }

    private static String toText(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }
}
