package io.periplus.ztunnel;

import com.google.protobuf.Any;
import io.grpc.stub.StreamObserver;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.testing.TestControlPlane;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.dataplane.xds.PolicyHandler;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A control plane without policies that tells one client what it asks for: a service with its workloads, a workload, or
 * that there is none; and, unasked, what is on its node and what comes to stand for a name that was asked for.
 */
final class AnsweringControlPlane implements AutoCloseable {
    /** Names in the order in which they were asked for, again on each stream. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final TestControlPlane server;
    private final String node;
    private final Map<String, Resource> resources = new LinkedHashMap<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Thread thread;
    private @Nullable StreamObserver<DeltaDiscoveryResponse> stream;
    private boolean silent;
    private int versions;

    /** @param node of the client */
    AnsweringControlPlane(TestAuthority authority, String node) throws Exception {
        this.server = new TestControlPlane(authority, 0);
        this.node = node;
        this.thread = Thread.ofVirtual().name("answers").start(this::run);
    }

    TestControlPlane server() {
        return server;
    }

    private void run() {
        try {
            while (true) {
                DeltaDiscoveryRequest request = server.requests.poll(1, TimeUnit.DAYS);
                if (request != null && request.getResponseNonce().isEmpty()) {
                    answer(request);
                }
            }
        } catch (InterruptedException _) {
            // The end of the test.
        }
    }

    private synchronized void answer(DeltaDiscoveryRequest request) throws InterruptedException {
        if (request.getTypeUrl().equals(PolicyHandler.ZTUNNEL_TYPE_URL)) {
            // The first request of each stream.
            stream = server.nextStream();
            wanted.clear();
            send(PolicyHandler.ZTUNNEL_TYPE_URL, List.of(), List.of());
            return;
        }
        List<String> names = request.getResourceNamesSubscribeList().stream()
                .filter(name -> !name.equals("*"))
                .toList();
        asked.addAll(names);
        wanted.addAll(names);
        wanted.removeAll(request.getResourceNamesUnsubscribeList());
        wanted.addAll(request.getInitialResourceVersionsMap().keySet());
        if (silent) {
            return;
        }
        boolean first = request.getResourceNamesUnsubscribeList().contains("*");
        Collection<String> asks = first ? wanted : names;
        Set<Resource> found = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        for (String name : asks) {
            List<Resource> named = resources.values().stream()
                    .filter(resource -> stands(resource, name))
                    .toList();
            if (named.isEmpty()) {
                unknown.add(name);
            }
            found.addAll(named);
            named.forEach(owner -> resources.values().stream()
                    .filter(resource -> workload(resource).containsServices(owner.getName()))
                    .forEach(found::add));
        }
        if (first) {
            resources.values().stream()
                    .filter(resource -> workload(resource).getNode().equals(node))
                    .forEach(found::add);
        }
        found.removeIf(resource -> resource.getVersion()
                .equals(request.getInitialResourceVersionsMap().get(resource.getName())));
        send(AddressHandler.TYPE_URL, found, unknown);
    }

    private static boolean stands(Resource resource, String name) {
        return resource.getName().equals(name) || resource.getAliasesList().contains(name);
    }

    private static Workload workload(Resource resource) {
        try {
            return resource.getResource().unpack(Address.class).getWorkload();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(String type, Collection<Resource> found, List<String> removed) {
        StreamObserver<DeltaDiscoveryResponse> to = stream;
        if (to != null) {
            found.forEach(resource -> wanted.add(resource.getName()));
            to.onNext(DeltaDiscoveryResponse.newBuilder()
                    .setTypeUrl(type)
                    .setNonce("n" + ++versions)
                    .addAllResources(found)
                    .addAllRemovedResources(removed)
                    .build());
        }
    }

    void publish(Workload workload) {
        List<String> aliases = workload.getAddressesList().stream()
                .map(bytes -> workload.getNetwork() + "/" + IpAddress.ofBytes(bytes))
                .toList();
        publish(workload.getUid(), Address.newBuilder().setWorkload(workload).build(), aliases);
    }

    void publish(Service service) {
        List<String> aliases = service.getAddressesList().stream()
                .map(address -> address.getNetwork() + "/" + IpAddress.ofBytes(address.getAddress()))
                .toList();
        publish(
                service.getNamespace() + "/" + service.getHostname(),
                Address.newBuilder().setService(service).build(),
                aliases);
    }

    private synchronized void publish(String name, Address address, List<String> aliases) {
        Resource resource = Resource.newBuilder()
                .setName(name)
                .setVersion("v" + ++versions)
                .addAllAliases(aliases)
                .setResource(Any.pack(address))
                .build();
        resources.put(name, resource);
        Workload workload = address.getWorkload();
        boolean concerns = wanted.stream().anyMatch(want -> stands(resource, want) || workload.containsServices(want));
        if (concerns || workload.getNode().equals(node)) {
            List<Resource> changed = new ArrayList<>(List.of(resource));
            resources.values().stream()
                    .filter(other -> workload(other).containsServices(name))
                    .forEach(changed::add);
            send(AddressHandler.TYPE_URL, changed, List.of());
        }
    }

    /** Answers nothing more, or again; what was asked for meanwhile stays unanswered until the next stream. */
    synchronized void silence(boolean on) {
        silent = on;
    }

    /** Ends the stream; the client comes back. */
    synchronized void endStream() {
        StreamObserver<DeltaDiscoveryResponse> open = stream;
        if (open != null) {
            stream = null;
            open.onCompleted();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        server.close();
    }
}
