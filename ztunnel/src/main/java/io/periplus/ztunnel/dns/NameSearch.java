package io.periplus.ztunnel.dns;

import java.util.ArrayList;
import java.util.List;

/**
 * Which names of the mesh a name may mean to a client: itself, then as Kubernetes completes it, then both again without
 * each of the search domains, which the client's resolver has appended one after the other to whatever it was asked for.
 */
final class NameSearch {
    /**
     * A name to look for.
     *
     * @param name in full
     * @param alias what remains of the asked name without a search domain; empty if none was taken off
     */
    record Candidate(String name, String alias) {}

    private final String clusterDomain;

    NameSearch(String clusterDomain) {
        this.clusterDomain = clusterDomain;
    }

    /** Candidates in order. */
    List<Candidate> of(String name, String clientNamespace) {
        List<Candidate> candidates = new ArrayList<>(12);
        add(candidates, name, "", clientNamespace);
        for (String domain :
                List.of(clientNamespace + ".svc." + clusterDomain, "svc." + clusterDomain, clusterDomain)) {
            int rest = name.length() - domain.length() - 1;
            if (rest > 0 && name.charAt(rest) == '.' && name.endsWith(domain)) {
                String stripped = name.substring(0, rest);
                add(candidates, stripped, stripped, clientNamespace);
            }
        }
        return candidates;
    }

    private void add(List<Candidate> to, String name, String alias, String namespace) {
        to.add(new Candidate(name, alias));
        int labels = 1 + (int) name.chars().filter(c -> c == '.').count();
        boolean service = name.endsWith(".svc");
        switch (labels) {
            case 1 -> to.add(new Candidate(name + "." + namespace + ".svc." + clusterDomain, alias));
            case 2 -> {
                to.add(new Candidate(name + ".svc." + clusterDomain, alias));
                to.add(new Candidate(name + "." + namespace + ".svc." + clusterDomain, alias));
            }
            case 3 -> {
                if (service) {
                    to.add(new Candidate(name + "." + clusterDomain, alias));
                }
                to.add(new Candidate(name + ".svc." + clusterDomain, alias));
            }
            case 4 -> {
                if (service) {
                    to.add(new Candidate(name + "." + clusterDomain, alias));
                }
            }
            default -> {}
        }
    }
}
