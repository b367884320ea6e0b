package io.periplus.model;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What holds for the whole mesh.
 *
 * @param clusterDomain domain suffix of Services
 * @param rootNamespace the system namespace; policies in it hold everywhere
 * @param revision      of this control plane; {@code default} owns unlabelled objects
 * @param on            what the mesh does; it leaves the rest
 */
public record MeshSettings(
        String clusterId,
        String clusterDomain,
        String trustDomain,
        String rootNamespace,
        String revision,
        Set<MeshSwitch> on) {
    public MeshSettings {
        on = Set.copyOf(on);
    }

    /** The settings of a mesh that sets none. */
    public static MeshSettings defaults(String clusterId) {
        return new MeshSettings(
                clusterId, "cluster.local", "cluster.local", "istio-system", "default", switches(MeshSwitch::unset));
    }

    /** All switches that are on. */
    public static Set<MeshSwitch> switches(Predicate<MeshSwitch> isOn) {
        return Arrays.stream(MeshSwitch.values()).filter(isOn).collect(toUnmodifiableSet());
    }

    /** Whether the mesh does it. */
    public boolean does(MeshSwitch what) {
        return on.contains(what);
    }

    /** The same with one switch turned. */
    public MeshSettings with(MeshSwitch what, boolean isOn) {
        Set<MeshSwitch> turned = EnumSet.allOf(MeshSwitch.class);
        turned.removeIf(other -> other == what ? !isOn : !does(other));
        return new MeshSettings(clusterId, clusterDomain, trustDomain, rootNamespace, revision, turned);
    }

    /** The same for a control plane of another revision. */
    public MeshSettings withRevision(String other) {
        return new MeshSettings(clusterId, clusterDomain, trustDomain, rootNamespace, other, on);
    }

    /** The host name of a Service. */
    public String hostname(String namespace, String service) {
        return service + "." + namespace + ".svc." + clusterDomain;
    }
}
