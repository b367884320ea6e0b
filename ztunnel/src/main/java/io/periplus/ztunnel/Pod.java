package io.periplus.ztunnel;

/**
 * A pod as the node agent names it. Its workload record is found by these names, never by address.
 *
 * @param uid the Kubernetes uid
 */
record Pod(String uid, String namespace, String name, String serviceAccount) {
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
