package io.periplus.api.why;

/** A pod, or another workload by the name it has in the mesh. */
public record PodName(String namespace, String name) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
